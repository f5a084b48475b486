import type { DeletionSummary } from '@dynamo/core';
import type { Command } from 'commander';
import type { Applied } from '../../services/inject.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, listCounts } from '../format.ts';
import { readInput } from '../read-input.ts';

export function addDeleteCommand(program: Command, context: CommandContext): void {
  addJsonOption(addConnectionOptions(program.command('delete')))
    .description('order the deletion of what a document names: all of it, or nothing')
    .argument('<file>', 'the document, an injection document with names only; - is standard input')
    .action(async (file: string, options: ConnectionOptions & JsonOption) => {
      const document = await readInput(file);
      const applied = await withDynamo(context, options, 'write', (dynamo) => dynamo.delete(document));
      context.terminal.print(options.json ? JSON.stringify(applied) : formatDeletion(document.file, applied));
    });
}

/** Files go by and by; records go when the files have gone. */
function formatDeletion(file: string, { version, summary }: Applied<DeletionSummary>): string {
  const said = listCounts([
    countOf(summary.datasets, 'dataset'),
    countOf(summary.datasetReplicas, 'dataset replica'),
    countOf(summary.blockReplicas, 'block replica'),
    countOf(summary.sites, 'site'),
    countOf(summary.groups, 'group'),
  ]);
  return `${file}: ${said === '' ? 'nothing to delete' : `deletion of ${said} ordered`}, version ${version}`;
}
