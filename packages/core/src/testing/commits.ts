/** Commits as the contract suites make them. */
import { type ChangeSet, EMPTY_CHANGE_SET } from '../change-set/change-set.ts';
import { keyOf } from '../change-set/record-key.ts';
import type { InventoryRecord } from '../model/records.ts';
import type { Authorship, Commit, Counters, Version } from '../seams/commit.ts';
import type { InventoryStore } from '../seams/inventory-store.ts';

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

/** What the store would load, in the order in which it gives it. */
export async function loadAll(store: InventoryStore): Promise<readonly InventoryRecord[]> {
  return collect((await store.load()).records);
}

/** The order of records of one entity is the store's own: compare without it. */
export function sortedRecords(records: readonly InventoryRecord[]): readonly InventoryRecord[] {
  const named = records.map((item) => ({ item, key: `${item.entity}\t${keyOf(item.entity, item.record as never)}` }));
  return named.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ item }) => item);
}

export function withoutFiles(records: readonly InventoryRecord[]): readonly InventoryRecord[] {
  return records.filter(({ entity }) => entity !== 'file');
}
