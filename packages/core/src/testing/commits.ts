/** Commits as the contract suites make them. */
import assert from 'node:assert/strict';
import { type ChangeSet, EMPTY_CHANGE_SET } from '../change-set/change-set.ts';
import { keyOf } from '../change-set/record-key.ts';
import { REPLICA_OPERATIONS } from '../model/enumerations.ts';
import type { BlockReplicaRecord, EntityRecords, InventoryRecord } from '../model/records.ts';
import type { Authorship, Commit, Counters, Version } from '../seams/commit.ts';
import type { InventoryStore, LoadBatch, ReplicaColumns, StoreHead } from '../seams/inventory-store.ts';

export const SAMPLE_COUNTERS: Counters = { nextFile: 8, nextOperation: 1, nextLock: 3, nextRequest: 1 };
export const SAMPLE_AUTHORSHIP: Authorship = { application: 'contract', user: 'tester', time: 1_700_000_000 };

/** A commit on `base` that does nothing but what `more` says. */
export function commitOn(base: number, more: Partial<Commit> = {}): Commit {
  return {
    id: `commit on ${base}`,
    base: base as Version,
    authorship: SAMPLE_AUTHORSHIP,
    changes: EMPTY_CHANGE_SET,
    counters: SAMPLE_COUNTERS,
    operations: [],
    requests: [],
    history: null,
    ...more,
  };
}

export function changesOn(base: number, changes: ChangeSet): Commit {
  return commitOn(base, { changes });
}

export async function* batchesOf<T>(items: readonly T[], size = 7): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

export async function collect<T>(batches: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

export async function headOf(store: InventoryStore): Promise<StoreHead> {
  const { head, records } = await store.load();
  await records[Symbol.asyncIterator]().return?.();
  return head;
}

/** What the store would load, in the order in which it gives it; the compact form, if it has one, has to say the same. */
export async function loadAll(store: InventoryStore): Promise<readonly InventoryRecord[]> {
  const records = await collect((await store.load()).records);
  const { compact } = await store.load();
  if (compact !== undefined) assert.deepEqual(sortedRecords(await expand(compact)), sortedRecords(records));
  return records;
}

/** The records that a compact load is of. */
async function expand(compact: AsyncIterable<LoadBatch>): Promise<readonly InventoryRecord[]> {
  const records: InventoryRecord[] = [];
  for await (const batch of compact) records.push(...('block' in batch ? replicasOf(batch, records) : batch));
  return records;
}

function replicasOf(columns: ReplicaColumns, before: readonly InventoryRecord[]): readonly InventoryRecord[] {
  const all = <E extends 'block' | 'site' | 'group'>(entity: E): readonly EntityRecords[E][] =>
    before.flatMap((item) => (item.entity === entity ? [item.record as EntityRecords[E]] : []));
  const [blocks, sites, groups] = [all('block'), all('site'), all('group')];
  return Array.from({ length: columns.length }, (_, i): InventoryRecord => {
    const at = (column: ArrayLike<number>): number => column[i] as number;
    const block = blocks[at(columns.block)];
    const record = {
      ...{ dataset: block?.dataset, block: block?.name, site: sites[at(columns.site)]?.name },
      ...{ group: at(columns.group) === 0 ? null : groups[at(columns.group) - 1]?.name },
      ...{ custodial: at(columns.custodial) === 1, lastUpdate: at(columns.lastUpdate) },
      ...{ operation: REPLICA_OPERATIONS[at(columns.operation)], partial: null },
    };
    return { entity: 'blockReplica', record: record as BlockReplicaRecord };
  });
}

/** The order of records of one entity is the store's own: compare without it. */
export function sortedRecords(records: readonly InventoryRecord[]): readonly InventoryRecord[] {
  const named = records.map((item) => ({ item, key: `${item.entity}\t${keyOf(item.entity, item.record as never)}` }));
  return named.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ item }) => item);
}

export function withoutFiles(records: readonly InventoryRecord[]): readonly InventoryRecord[] {
  return records.filter(({ entity }) => entity !== 'file');
}
