import type { InjectionSummary } from '@dynamo/core';
import type { Command } from 'commander';
import type { Applied } from '../../services/inject.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, listCounts } from '../format.ts';
import { readInput } from '../read-input.ts';

export function addInjectCommand(program: Command, context: CommandContext): void {
  addJsonOption(addConnectionOptions(program.command('inject')))
    .description('put what an injection document describes into the inventory: all of it, or nothing')
    .argument('<file>', 'the document; - is standard input')
    .action(async (file: string, options: ConnectionOptions & JsonOption) => {
      const document = await readInput(file);
      const applied = await withDynamo(context, options, 'write', (dynamo) => dynamo.inject(document));
      context.terminal.print(options.json ? JSON.stringify(applied) : formatInjection(document.file, applied));
    });
}

function formatInjection(file: string, { version, summary }: Applied<InjectionSummary>): string {
  const said = listCounts([
    countOf(summary.sites, 'site'),
    countOf(summary.groups, 'group'),
    countOf(summary.datasets, 'dataset'),
    countOf(summary.blocks, 'block'),
    countOf(summary.files, 'file'),
    countOf(summary.datasetReplicas, 'dataset replica'),
    countOf(summary.blockReplicas, 'block replica'),
  ]);
  return `${file}: ${said === '' ? 'nothing that was not there before' : `${said} new`}, version ${version}`;
}
