import type { LockRecord } from '@dynamo/core';
import type { Command } from 'commander';
import { timeFrom, wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { formatTable } from '../format.ts';

interface AddOptions extends ConnectionOptions, JsonOption {
  readonly dataset: string;
  readonly site?: string;
  readonly group?: string;
  readonly block?: string;
  readonly expires?: number;
  readonly comment?: string;
}

export function addLockCommand(program: Command, context: CommandContext): void {
  const lock = program.command('lock').description('what Detox may not touch');
  const show = (options: JsonOption, locks: readonly LockRecord[]): void =>
    context.terminal.print(options.json ? JSON.stringify(locks) : formatLocks(locks));

  addJsonOption(addConnectionOptions(lock.command('add')))
    .description('protect datasets, at all sites or some; globs are allowed except in the block')
    .requiredOption('--dataset <name>', 'a dataset or a glob')
    .option('--site <name>', 'at this site only, or a glob')
    .option('--group <name>', 'what this group owns only, or a glob')
    .option('--block <name>', 'this block only')
    .option('--expires <time>', 'until then (default: until it is removed)', timeFrom(context.clock.nowSeconds()))
    .option('--comment <text>', 'why')
    .action(async (options: AddOptions) => {
      const { dataset, site = null, group = null, block = null, expires = null, comment = null } = options;
      const wanted = { dataset, site, group, block, expires, comment };
      show(options, [await withDynamo(context, options, 'write', (dynamo) => dynamo.addLock(wanted))]);
    });

  addJsonOption(addConnectionOptions(lock.command('remove')))
    .description('no longer protect it')
    .argument('<id>', 'its number', wholeNumber)
    .action(async (id: number, options: ConnectionOptions & JsonOption) => {
      show(options, [await withDynamo(context, options, 'write', (dynamo) => dynamo.removeLock(id))]);
    });

  addJsonOption(addConnectionOptions(lock.command('list')))
    .description('all locks')
    .action(async (options: ConnectionOptions & JsonOption) => {
      show(options, await withDynamo(context, options, 'read', (dynamo) => dynamo.listLocks()));
    });
}

function formatLocks(locks: readonly LockRecord[]): string {
  if (locks.length === 0) return 'no locks';
  const until = (expires: number | null): string => (expires === null ? '' : new Date(expires * 1000).toISOString());
  return formatTable(
    [
      { title: 'id', align: 'right' },
      { title: 'dataset' },
      { title: 'site' },
      { title: 'group' },
      { title: 'block' },
      { title: 'owner' },
      { title: 'expires' },
      { title: 'comment' },
    ],
    locks.map((l) => [
      l.id,
      l.dataset,
      l.site ?? '*',
      l.group ?? '*',
      l.block ?? '*',
      l.owner ?? '',
      until(l.expires),
      l.comment ?? '',
    ]),
  );
}
