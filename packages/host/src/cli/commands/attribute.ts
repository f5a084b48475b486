import { parseAttributeCsv } from '@dynamo/policies';
import type { Command } from 'commander';
import { parseDocument } from '../../services/inject.ts';
import type { SuppliedVariable } from '../../services/stored-attributes.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, formatTable } from '../format.ts';
import { type InputText, readInput } from '../read-input.ts';

export function addAttributeCommand(program: Command, context: CommandContext): void {
  const attribute = program.command('attribute').description('what policies may ask of data beyond the inventory');

  addJsonOption(addConnectionOptions(attribute.command('list')))
    .description('the variables, and which producer supplies each')
    .action(async (options: ConnectionOptions & JsonOption) => {
      const variables = await withDynamo(context, options, 'read', (dynamo) => dynamo.listVariables());
      context.terminal.print(options.json ? JSON.stringify(variables) : formatVariables(variables));
    });

  addJsonOption(addConnectionOptions(attribute.command('send')))
    .description('values for a producer of the kind `stored`: they replace those sent before of the same variables')
    .argument('<file>', 'an attribute file, JSON or .csv; - is JSON from standard input')
    .action(async (file: string, options: ConnectionOptions & JsonOption) => {
      const input = await readInput(file);
      const document = input.file.endsWith('.csv') ? documentOf(input) : parseDocument(input);
      const report = await withDynamo(context, options, 'write', (dynamo) =>
        dynamo.sendAttributes(document, { file: input.file }),
      );
      const lines = Object.entries(report).map(([name, count]) => `${name}: ${countOf(count, 'dataset')}`);
      context.terminal.print(options.json ? JSON.stringify(report) : lines.join('\n'));
    });
}

function documentOf({ file, text }: InputText): unknown {
  const columns = Array.from(parseAttributeCsv(text, file), ([name, values]) => [
    name,
    Object.fromEntries(values.map(({ dataset, value }) => [dataset, value])),
  ]);
  return Object.fromEntries(columns);
}

function formatVariables(variables: readonly SuppliedVariable[]): string {
  return formatTable(
    [{ title: 'variable' }, { title: 'type' }, { title: 'supplied by' }, { title: 'meaning' }],
    variables.map(({ name, type, producer, description }) => [name, type, producer ?? 'nobody', description]),
  );
}
