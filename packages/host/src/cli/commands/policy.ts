import { type Diagnostic, formatDiagnostic, isDynamoError } from '@dynamo/core';
import type { CheckedPolicy } from '@dynamo/policies';
import type { Command } from 'commander';
import { ownVariables } from '../../services/attributes.ts';
import { checkPartitionText, checkPolicyText } from '../../services/check-policy.ts';
import { checkPolicyModule } from '../../services/check-policy-module.ts';
import type { DetoxDocument } from '../../services/detox-document.ts';
import { digestOf, isPolicyModule } from '../../services/policy-text.ts';
import { timeFrom } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addJsonOption, addLocalOptions, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { configurationFor } from '../connect.ts';
import { countOf } from '../format.ts';
import { withPlanning } from '../planning.ts';
import { type InputText, readInput } from '../read-input.ts';
import { addPolicyConvertCommand } from './policy-convert.ts';
import { addPolicyTestCommand } from './policy-test.ts';

interface CheckOptions extends JsonOption, ConnectionOptions {
  readonly partitions?: string;
  readonly inventory?: string;
  readonly now?: number;
}

export function addPolicyCommand(program: Command, context: CommandContext): void {
  const policy = program.command('policy').description('what can be said of a policy without carrying it out');
  addJsonOption(addLocalOptions(policy.command('check <files...>')))
    .description('syntax, unknown names, types, lines that can never match, shadowed lines')
    .option('--partitions <file>', 'the partition file that the policy goes with')
    .option('--inventory <dump>', 'also name the lines that match nothing in this dump')
    .option('--now <time>', 'the time of the run (default: now)', timeFrom(context.clock.nowSeconds()))
    .action((files: readonly string[], options: CheckOptions) => check(files, options, context));
  addPolicyConvertCommand(policy, context);
  addPolicyTestCommand(policy, context);
}

async function check(files: readonly string[], options: CheckOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const partitions = options.partitions === undefined ? undefined : await readInput(options.partitions);
  const reports: {
    readonly file: string;
    readonly ok: boolean;
    readonly sha256: string;
    readonly diagnostics: readonly unknown[];
  }[] = [];
  const report = (input: InputText, ok: boolean, diagnostics: Diagnostic[], summary: string): void => {
    reports.push({ file: input.file, ok, sha256: digestOf(input), diagnostics });
    if (!ok) context.exitCode = 2;
    if (options.json) return;
    const source = isPolicyModule(input.file) ? '' : input.text;
    for (const diagnostic of diagnostics) terminal.warn(formatDiagnostic(diagnostic, source));
    if (ok) terminal.print(`${input.file}: ${summary}`);
  };
  if (partitions !== undefined) {
    const diagnostics = checkPartitionText(partitions);
    if (diagnostics.length > 0) report(partitions, false, [...diagnostics], '');
  }
  const now = options.now ?? context.clock.nowSeconds();
  const configuration = await configurationFor(context, options);
  const variables = ownVariables(configuration);
  for (const file of files) {
    let input: InputText;
    try {
      input = await readInput(file);
    } catch (error) {
      if (files.length === 1 || !isDynamoError(error, 'invalid-input')) throw error;
      terminal.warn(`dynamo: ${error.message}`);
      context.exitCode = 2;
      continue;
    }
    const isModule = isPolicyModule(file);
    const {
      ok,
      policy,
      diagnostics: said,
    } = isModule
      ? await checkPolicyModule({ ...input, mayRun: true }, { now, partitions, variables })
      : checkPolicyText(input, { now, partitions, variables });
    const diagnostics =
      policy === null || !ok ? said : [...said, ...(await idleLines(input, policy, { ...options, now }, context))];
    const summary = `${countOf(policy?.lines.length ?? 0, 'line')} for partition ${policy?.partition ?? ''}, ${
      diagnostics.length === 0 ? 'nothing to remark' : countOf(diagnostics.length, 'warning')
    }${isModule ? `; sha256 ${digestOf(input)}` : ''}`;
    report(input, ok, [...diagnostics], summary);
  }
  if (options.json) terminal.print(JSON.stringify(reports));
}

/** Lines of a policy that decide about nothing in a dump. */
async function idleLines(
  policy: InputText,
  checked: CheckedPolicy,
  { inventory, partitions, now, ...options }: CheckOptions,
  context: CommandContext,
): Promise<readonly Diagnostic[]> {
  if (inventory === undefined) return [];
  const place = { ...options, inventory, ...(partitions === undefined ? {} : { partitions }) };
  const json = await withPlanning(context, place, (dynamo) =>
    dynamo.previewDetox({ policy: { ...policy, mayRun: true }, guard: 'off', ...(now === undefined ? {} : { now }) }),
  );
  const { lines, sites } = JSON.parse(json) as DetoxDocument;
  const warning = (line: number, length: number, message: string): Diagnostic => ({
    ...{ severity: 'warning', file: policy.file, line, column: 1, length, message },
  });
  const idle = lines.filter(({ line, matches }) => matches === 0 && line !== 0);
  const on = checked.on[0];
  return [
    ...(sites.length > 0 || on === undefined
      ? []
      : [warning(on.line, on.text.length, `no site of ${inventory} is a target: the policy decides about nothing`)]),
    ...idle.map(({ line, text }) => warning(line, text.length, `this line decides about nothing in ${inventory}`)),
  ];
}
