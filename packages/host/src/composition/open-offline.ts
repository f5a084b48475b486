/** An application on a dump: it plans and explains, and nothing of it can be committed. */

import { readFile } from 'node:fs/promises';
import {
  type Clock,
  DynamoError,
  diagnosticsError,
  dumpFile,
  Inventory,
  type InventoryRecord,
  type InventoryStore,
  inputError,
  type PartitionRecord,
  readDump,
  readPartitions,
  Scheduler,
} from '@dynamo/core';
import type { Configuration } from '../configuration/configuration.ts';
import type { PlanningApplication } from '../services/application.ts';

export interface OpenOfflineOptions {
  /** A dump, plain or compressed. */
  readonly dump: string;
  /** A partition file that takes the place of the dump's partitions. */
  readonly partitions?: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Reads the dump into memory. Throws `invalid-input` with the place of what is wrong in it. To be closed. */
export async function openOffline(
  configuration: Configuration,
  { dump, partitions, clock, signal }: OpenOfflineOptions,
): Promise<PlanningApplication & AsyncDisposable> {
  const replaced = partitions === undefined ? undefined : await readPartitionFile(partitions);
  const { head, records } = await readDump(dumpFile(dump), { file: dump, signal });
  const store: InventoryStore = {
    load: async () => ({
      head,
      commit: null,
      records: replaced === undefined ? records : withPartitions(records, replaced),
    }),
    commit: refuse,
    follow: refuse,
    baseline: refuse,
  };
  const inventory = await Inventory.open(store, { clock, ...(signal === undefined ? {} : { signal }) });
  const scheduler = new Scheduler({ clock, onListenerError: () => {}, ...configuration.scheduler });
  return {
    configuration,
    clock,
    inventory,
    scheduler,
    producers: [],
    notCommittable: [`it was made on the dump ${dump}`],
    [Symbol.asyncDispose]: async () => {
      await scheduler.close();
    },
  };
}

async function readPartitionFile(file: string): Promise<readonly PartitionRecord[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw inputError({ what: 'cannot be read', where: { file }, hint: (cause as Error).message }, cause);
  }
  const outcome = readPartitions(text, { file });
  if (!outcome.ok) throw diagnosticsError(outcome.diagnostics, text);
  return outcome.value.records;
}

/** The given partitions in place of those among the records. */
async function* withPartitions(
  records: AsyncIterable<readonly InventoryRecord[]>,
  partitions: readonly PartitionRecord[],
): AsyncGenerator<readonly InventoryRecord[]> {
  yield partitions.map((record) => ({ entity: 'partition', record }) as const);
  for await (const batch of records) yield batch.filter(({ entity }) => entity !== 'partition');
}

function refuse(): Promise<never> {
  return Promise.reject(new DynamoError('refused', 'a dump is for reading only'));
}
