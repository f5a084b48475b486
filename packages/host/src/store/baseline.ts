import { type BaselineOptions, DynamoError, type InventoryRecord, type StoreHead } from '@dynamo/core';
import { addRecords } from './apply-changes.ts';
import { asConflict } from './as-conflict.ts';
import { FaultyFill, type Session } from './bulk.ts';
import { counterColumns } from './counters.ts';
import type { Database } from './database.ts';
import { lostLease, moveHead, readHead } from './head.ts';
import { insertOperations } from './move-operations.ts';
import { putRequests } from './put-requests.ts';
import { RowIds } from './row-ids.ts';

/** Records put together for one round of statements, and for one transaction where there are many. */
const RECORDS_PER_ROUND = 20_000;

export interface Baseline extends BaselineOptions {
  readonly head: StoreHead;
  readonly records: AsyncIterable<readonly InventoryRecord[]>;
  readonly epoch: number;
}

/**
 * Fills an empty store in one step: in one transaction where the database takes one of any size, else in many, of which
 * the last one moves the head; until then the head says version 0, under which nobody reads anything, and the mark
 * `loading`, by which the next baseline knows that there are remains to be swept out first.
 */
export async function writeBaseline(session: Session, baseline: Baseline): Promise<void> {
  if (baseline.head.version < 1) throw new DynamoError('invalid-input', 'a baseline has at least version 1');
  if (session.differences.baselineInOneTransaction) {
    await inTransaction(session, async (own) => {
      const ids = await begin(own, baseline);
      for await (const round of rounds(baseline)) await addRound(own, ids, baseline, round);
      await end(own, ids, baseline);
    });
    return;
  }
  const { next } = await inTransaction(session, (own) => begin(own, baseline));
  const ids = new RowIds(session, next);
  for await (const round of rounds(baseline)) {
    await fillRound(session, ids, baseline, round);
  }
  await inTransaction(session, (own) => end(own, ids, baseline));
}

function inTransaction<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  return session.db.transaction().execute((db) => work({ ...session, db }));
}

async function begin(session: Session, { epoch }: Baseline): Promise<RowIds> {
  const head = await readHead(session);
  if (head.epoch !== epoch) throw lostLease(epoch, head.epoch);
  if (head.version !== 0) {
    throw new DynamoError('conflict', `the store is not empty, but at version ${head.version}: load into a new one`);
  }
  await moveHead(session, { version: 0, epoch }, { loading: 1 });
  if (head.loading === 1) for (const table of FILLED) await session.db.deleteFrom(table).execute();
  return new RowIds(session, head.next_row);
}

/** By the quicker way where the database has one; again without it where that went wrong, so as to hear of what it was. */
async function fillRound(
  session: Session,
  ids: RowIds,
  baseline: Baseline,
  round: readonly InventoryRecord[],
): Promise<void> {
  const { fill } = session.differences;
  try {
    await inTransaction(session, (own) => addRound({ ...own, fill }, ids, baseline, round));
  } catch (error) {
    if (!(error instanceof FaultyFill)) throw error;
    await inTransaction(session, (own) => addRound(own, ids, baseline, round));
  }
}

async function addRound(
  session: Session,
  ids: RowIds,
  { head, epoch }: Baseline,
  round: readonly InventoryRecord[],
): Promise<void> {
  // Proves in this transaction too that the lease is ours.
  if (!session.differences.baselineInOneTransaction) await moveHead(session, { version: 0, epoch }, { loading: 1 });
  try {
    await addRecords({ ...session, ids, version: head.version }, round);
  } catch (error) {
    throw asConflict(session, error);
  }
}

async function end(
  session: Session,
  ids: RowIds,
  { head, epoch, operations = [], requests = [] }: Baseline,
): Promise<void> {
  await insertOperations(session, operations);
  await putRequests(
    session,
    requests.map((after) => ({ before: null, after })),
  );
  await moveHead(
    session,
    { version: 0, epoch },
    {
      version: head.version,
      log_start: head.version + 1,
      next_row: ids.next,
      loading: 0,
      ...counterColumns(head.counters),
    },
  );
}

async function* rounds({ records, signal }: Baseline): AsyncGenerator<readonly InventoryRecord[]> {
  let round: InventoryRecord[] = [];
  for await (const batch of records) {
    signal?.throwIfAborted();
    for (const record of batch) round.push(record);
    if (round.length < RECORDS_PER_ROUND) continue;
    yield round;
    round = [];
  }
  if (round.length > 0) yield round;
}

/** From leaf to root. */
const FILLED = [
  'requests',
  'operations',
  'locks',
  'partial_files',
  'block_replicas',
  'dataset_replicas',
  'files',
  'blocks',
  'dataset_attributes',
  'datasets',
  'quotas',
  'partitions',
  'sites',
  'owner_groups',
] as const satisfies readonly (keyof Database)[];
