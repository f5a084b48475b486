import type { Entity, EntityRecords, InventoryRecord, LoadedInventory, Version } from '@dynamo/core';
import type { Session } from './bulk.ts';
import { commitIdOf } from './change-log.ts';
import { countersOf } from './counters.ts';
import { readHead } from './head.ts';
import { readBlockReplicas } from './tables/block-replica-table.ts';
import { readBlocks } from './tables/block-table.ts';
import { readDatasetReplicas } from './tables/dataset-replica-table.ts';
import { readDatasets } from './tables/dataset-table.ts';
import { readGroups } from './tables/group-table.ts';
import { readLocks } from './tables/lock-table.ts';
import { readPartitions } from './tables/partition-table.ts';
import { readQuotas } from './tables/quota-table.ts';
import { readSites } from './tables/site-table.ts';

const DATASETS_PER_PAGE = 5000;
const BLOCKS_PER_PAGE = 5000;
/** With ten replicas of each, some twenty thousand rows. */
const BLOCKS_PER_REPLICA_PAGE = 2000;

/** Everything but the files, in one transaction that sees one version; it ends when the records have been read or left. */
export async function loadInventory(session: Session, signal: AbortSignal | undefined): Promise<LoadedInventory> {
  const transaction = await session.db
    .startTransaction()
    .setAccessMode('read only')
    .setIsolationLevel('repeatable read')
    .execute();
  const inTransaction: Session = { ...session, db: transaction };
  try {
    // The first read is what the snapshot is of.
    const head = await readHead(inTransaction);
    const isEmpty = head.version === 0;
    return {
      head: { version: head.version as Version, counters: countersOf(head) },
      commit: await commitIdOf(inTransaction, head.version),
      records: endingWith(isEmpty ? nothing() : aheadByOne(readRecords(inTransaction, signal)), () =>
        transaction.rollback().execute(),
      ),
    };
  } catch (error) {
    await transaction.rollback().execute();
    throw error;
  }
}

type Batch = readonly InventoryRecord[];

async function* readRecords(session: Session, signal: AbortSignal | undefined): AsyncGenerator<Batch> {
  const [groups, sites] = [await readGroups(session), await readSites(session)];
  const partitions = await readPartitions(session);
  yield itemsOf('group', [...groups.values()]);
  yield itemsOf('site', [...sites.values()]);
  yield itemsOf('partition', [...partitions.values()]);
  yield itemsOf('quota', await readQuotas(session, sites, partitions));

  const names = { sites, groups };
  const datasetNames = new Map<number, string>();
  for await (const page of pages((after) => readDatasets(session, after, DATASETS_PER_PAGE), signal)) {
    for (const { id, record } of page) datasetNames.set(id, record.name);
    yield itemsOf('dataset', recordsOf(page));
  }
  const blocks = (after: number, limit: number) => readBlocks(session, after, limit, datasetNames);
  for await (const page of pages((after) => blocks(after, BLOCKS_PER_PAGE), signal)) {
    yield itemsOf('block', recordsOf(page));
  }
  for await (const [after, last] of ranges([...datasetNames.keys()], DATASETS_PER_PAGE, signal)) {
    yield itemsOf('datasetReplica', await readDatasetReplicas(session, after, last, datasetNames, names));
  }
  // Read once more, in step with their replicas, so that no map of all block names is needed.
  for await (const page of pages((after) => blocks(after, BLOCKS_PER_REPLICA_PAGE), signal)) {
    yield itemsOf('blockReplica', await readBlockReplicas(session, page, names));
  }
  yield itemsOf('lock', await readLocks(session));
}

interface LoadedRow<R> {
  readonly id: number;
  readonly record: R;
}

/** Page after page, by the number of the last row. */
async function* pages<R>(
  read: (after: number) => Promise<readonly LoadedRow<R>[]>,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly LoadedRow<R>[]> {
  let page = await read(0);
  while (page.length > 0) {
    signal?.throwIfAborted();
    yield page;
    page = await read(page.at(-1)?.id ?? 0);
  }
}

/** Of ascending ids, `size` at a time: after which, up to which. */
async function* ranges(
  ids: readonly number[],
  size: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly [number, number]> {
  let after = 0;
  for (let start = 0; start < ids.length; start += size) {
    signal?.throwIfAborted();
    const last = ids[Math.min(start + size, ids.length) - 1] as number;
    yield [after, last];
    after = last;
  }
}

async function* endingWith(batches: AsyncIterable<Batch>, end: () => Promise<unknown>): AsyncGenerator<Batch> {
  try {
    yield* batches;
  } finally {
    await end();
  }
}

/** Asks for the next batch before the last one is worked on, so that the database is not idle meanwhile. */
async function* aheadByOne<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = source.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = source.next();
      // Whoever leaves early never hears of it; whoever goes on hears of it above.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await source.return(undefined);
  }
}

async function* nothing(): AsyncGenerator<Batch> {}

function recordsOf<R>(rows: readonly LoadedRow<R>[]): readonly R[] {
  return rows.map(({ record }) => record);
}

function itemsOf<E extends Entity>(entity: E, records: readonly EntityRecords[E][]): Batch {
  return records.map((record) => ({ entity, record }) as unknown as InventoryRecord);
}
