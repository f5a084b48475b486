/** Planning works on a dump, offline, or on whatever else a command works on: a server, or the local store. */
import { inputError } from '@dynamo/core';
import type { Command } from 'commander';
import type { Dynamo } from '../services/dynamo.ts';
import { localDynamo } from '../services/local-dynamo.ts';
import { timeFrom } from './arguments.ts';
import type { CommandContext } from './command-context.ts';
import type { ConnectionOptions } from './common-options.ts';
import { configurationFor, withDynamo } from './connect.ts';

export interface PlanningOptions extends ConnectionOptions {
  readonly inventory?: string;
  readonly partitions?: string;
  /** Seconds since 1970. */
  readonly now?: number;
}

export function addPlanningOptions(command: Command, context: CommandContext): Command {
  return command
    .option('--inventory <dump>', 'work on this dump, without a server or a database')
    .option('--partitions <file>', 'the partition definitions to use in place of those of the dump')
    .option('--now <time>', 'the time of the run (default: now)', timeFrom(context.clock.nowSeconds()));
}

/** Lends what the options name. */
export async function withPlanning<T>(
  context: CommandContext,
  options: PlanningOptions,
  work: (dynamo: Dynamo) => Promise<T>,
): Promise<T> {
  const { inventory, partitions } = options;
  if (inventory === undefined) {
    if (partitions === undefined) return withDynamo(context, options, 'read', work);
    throw inputError({ what: '--partitions goes with --inventory', hint: 'a store has its own partitions' });
  }
  const configuration = await configurationFor(context, options);
  const { openOffline } = await import('../composition/open-offline.ts');
  await using application = await openOffline(configuration, {
    dump: inventory,
    ...(partitions === undefined ? {} : { partitions }),
    clock: context.clock,
    signal: context.signal,
  });
  return await work(localDynamo(application, { signal: context.signal, user: context.environment.user }));
}
