import type { OperationStatus, OperationTarget } from '@dynamo/core';
import type { Command } from 'commander';
import { wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, formatTable } from '../format.ts';

export function addTransfersCommand(program: Command, context: CommandContext): void {
  const transfers = program.command('transfers').description('open copies and deletions');

  for (const name of ['list', 'held'] as const) {
    addJsonOption(addConnectionOptions(transfers.command(name)))
      .description(name === 'list' ? 'all that is open, oldest first' : 'those that wait for a person')
      .action(async (options: ConnectionOptions & JsonOption) => {
        const filter = name === 'held' ? { state: 'held' as const } : {};
        const found = await withDynamo(context, options, 'read', (dynamo) => dynamo.listTransfers(filter));
        context.terminal.print(options.json ? JSON.stringify(found) : formatOperations(found));
      });
  }

  addJsonOption(addConnectionOptions(transfers.command('show')))
    .description('one of them, with every attempt')
    .argument('<id>', 'its number', wholeNumber)
    .action(async (id: number, options: ConnectionOptions & JsonOption) => {
      const { operation, attempts } = await withDynamo(context, options, 'read', (dynamo) => dynamo.showTransfer(id));
      if (options.json) return context.terminal.print(JSON.stringify({ operation, attempts }));
      context.terminal.print(formatOperations([operation]));
      for (const { time, subject, ok, detail } of attempts) {
        context.terminal.print(
          `  ${new Date(time * 1000).toISOString()} ${ok ? 'done' : 'failed'} ${subject} ${detail}`,
        );
      }
    });

  addConnectionOptions(transfers.command('retry'))
    .description('put held ones back in the queue: those named, or all')
    .argument('[ids...]', 'their numbers')
    .action(async (ids: readonly string[], options: ConnectionOptions) => {
      const chosen = ids.length === 0 ? ('held' as const) : ids.map(wholeNumber);
      const released = await withDynamo(context, options, 'write', (dynamo) => dynamo.retryTransfers(chosen));
      context.terminal.print(`${countOf(released, 'operation')} back in the queue`);
    });
}

function formatOperations(operations: readonly OperationStatus[]): string {
  if (operations.length === 0) return 'nothing is open';
  return formatTable(
    [
      { title: 'id', align: 'right' },
      { title: 'kind' },
      { title: 'state' },
      { title: 'attempts', align: 'right' },
      { title: 'what' },
      { title: 'why' },
      { title: 'last error' },
    ],
    operations.map((o) => [
      o.id,
      o.target.kind,
      o.state,
      o.attempts,
      describeTarget(o.target),
      o.reason.text,
      o.lastError,
    ]),
  );
}

function describeTarget(target: OperationTarget): string {
  if (target.kind === 'delete-path') return `${target.path} at ${target.site}`;
  return `block ${target.block} of ${target.dataset} at ${target.site}`;
}
