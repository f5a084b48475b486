import type { Entity, EntityRecords, InventoryRecord, LoadBatch, LoadedInventory, Version } from '@dynamo/core';
import type { Session } from './bulk.ts';
import { commitIdOf } from './change-log.ts';
import { countersOf } from './counters.ts';
import { type Picture, readPages, takePicture } from './read-together.ts';
import { readBlockReplicas } from './tables/block-replica-table.ts';
import { type LoadedBlock, readBlocks, readBlocksById } from './tables/block-table.ts';
import { type ReplicaNames, readDatasetReplicas } from './tables/dataset-replica-table.ts';
import { readDatasets } from './tables/dataset-table.ts';
import { readGroups } from './tables/group-table.ts';
import { readLocks } from './tables/lock-table.ts';
import { readPartitions } from './tables/partition-table.ts';
import { readQuotas } from './tables/quota-table.ts';
import { type LoadOrder, readReplicaColumns } from './tables/replica-columns.ts';
import { readSites } from './tables/site-table.ts';

const DATASETS_PER_PAGE = 5000;
const BLOCKS_PER_PAGE = 5000;
/** With ten replicas of each, some twenty thousand rows. */
const BLOCKS_PER_REPLICA_PAGE = 2000;

interface LoadOptions {
  readonly connections: number;
  /** What is read after the call has returned may fail then, and says as much as if it had failed within. */
  readonly explain: (error: unknown) => unknown;
  readonly signal: AbortSignal | undefined;
}

/**
 * Everything but the files, as of one version, over up to so many connections; their transactions end when the records,
 * or `compact`, have been read or left.
 */
export async function loadInventory(
  session: Session,
  { connections, explain, signal }: LoadOptions,
): Promise<LoadedInventory> {
  const picture = await takePicture(session, connections);
  const { head, sessions } = picture;
  const [first] = sessions as [Session];
  try {
    const isEmpty = head.version === 0;
    return {
      head: { version: head.version as Version, counters: countersOf(head) },
      commit: await commitIdOf(first, head.version),
      records: endingWith(picture, explain, () => (isEmpty ? nothing() : aheadByOne(readRecords(first, signal)))),
      compact: endingWith(picture, explain, () => (isEmpty ? nothing() : readCompact(picture, signal))),
    };
  } catch (error) {
    await picture.end();
    throw error;
  }
}

type Batch = readonly InventoryRecord[];

async function* readRecords(session: Session, signal: AbortSignal | undefined): AsyncGenerator<Batch> {
  const datasetNames = new Map<number, string>();
  const names = yield* readNamed(session);
  yield* readCatalogue(session, names, datasetNames, () => {}, signal);
  // Read once more, in step with their replicas, so that no map of all block names is needed.
  const blocks = (after: number): Promise<readonly LoadedBlock[]> =>
    readBlocks(session, after, BLOCKS_PER_REPLICA_PAGE, datasetNames);
  for await (const page of pages(blocks, signal)) {
    yield itemsOf('blockReplica', await readBlockReplicas(session, page, names));
  }
  yield itemsOf('lock', await readLocks(session));
}

async function* readCompact({ sessions }: Picture, signal: AbortSignal | undefined): AsyncGenerator<LoadBatch> {
  const [session] = sessions as [Session];
  const datasetNames = new Map<number, string>();
  const blocks: number[] = [];
  const names = yield* readNamed(session);
  yield* aheadByOne(readCatalogue(session, names, datasetNames, (id) => blocks.push(id), signal));

  const order: LoadOrder = { blocks, sites: placesOf(names.sites, 0), groups: placesOf(names.groups, 1) };
  const spans = Array.from({ length: Math.ceil(blocks.length / BLOCKS_PER_REPLICA_PAGE) }, (_, i) => {
    const first = i * BLOCKS_PER_REPLICA_PAGE;
    return { first, end: Math.min(first + BLOCKS_PER_REPLICA_PAGE, blocks.length) };
  });
  const read = async (own: Session, span: (typeof spans)[number]) => {
    const { columns, partial } = await readReplicaColumns(own, span, order);
    if (partial.length === 0) return { columns, records: [] };
    const ofBlocks = await readBlocksById(own, partial, datasetNames);
    return { columns, records: itemsOf('blockReplica', await readBlockReplicas(own, ofBlocks, names, 'partial')) };
  };
  for await (const { columns, records } of readPages(sessions, spans, read)) {
    signal?.throwIfAborted();
    yield columns;
    if (records.length > 0) yield records;
  }
  yield itemsOf('lock', await readLocks(session));
}

/** The order in which they are given. */
function placesOf(rows: ReadonlyMap<number, unknown>, first: number): ReadonlyMap<number, number> {
  return new Map([...rows.keys()].map((id, index) => [id, first + index]));
}

/** What others refer to by name: all of it is small. */
async function* readNamed(session: Session) {
  const [groups, sites] = [await readGroups(session), await readSites(session)];
  const partitions = await readPartitions(session);
  yield itemsOf('group', [...groups.values()]);
  yield itemsOf('site', [...sites.values()]);
  yield itemsOf('partition', [...partitions.values()]);
  yield itemsOf('quota', await readQuotas(session, sites, partitions));
  return { sites, groups };
}

/** Datasets, whose names are put into `datasetNames`, blocks, and dataset replicas. */
async function* readCatalogue(
  session: Session,
  names: ReplicaNames,
  datasetNames: Map<number, string>,
  onBlock: (id: number) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch> {
  for await (const page of pages((after) => readDatasets(session, after, DATASETS_PER_PAGE), signal)) {
    for (const { id, record } of page) datasetNames.set(id, record.name);
    yield itemsOf('dataset', recordsOf(page));
  }
  const blocks = (after: number) => readBlocks(session, after, BLOCKS_PER_PAGE, datasetNames);
  for await (const page of pages(blocks, signal)) {
    for (const { id } of page) onBlock(id);
    yield itemsOf('block', recordsOf(page));
  }
  for await (const [after, last] of ranges([...datasetNames.keys()], DATASETS_PER_PAGE, signal)) {
    yield itemsOf('datasetReplica', await readDatasetReplicas(session, after, last, datasetNames, names));
  }
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

/** The picture ends with the batches, or when they are left: also before the first was asked for. */
function endingWith<B>(
  picture: Picture,
  explain: LoadOptions['explain'],
  read: () => AsyncGenerator<B>,
): AsyncIterable<B> {
  return {
    [Symbol.asyncIterator]() {
      const batches = read();
      let ended: Promise<void> | undefined;
      const end = (): Promise<void> => {
        ended ??= picture.end();
        return ended;
      };
      return {
        async next() {
          try {
            const result = await batches.next();
            if (result.done === true) await end();
            return result;
          } catch (error) {
            await end().catch(() => undefined);
            throw explain(error);
          }
        },
        async return() {
          await batches.return(undefined);
          await end();
          return { done: true, value: undefined };
        },
      };
    },
  };
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

async function* nothing(): AsyncGenerator<never> {}

function recordsOf<R>(rows: readonly LoadedRow<R>[]): readonly R[] {
  return rows.map(({ record }) => record);
}

function itemsOf<E extends Entity>(entity: E, records: readonly EntityRecords[E][]): Batch {
  return records.map((record) => ({ entity, record }) as unknown as InventoryRecord);
}
