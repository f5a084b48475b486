/** Removing what is old, a piece at a time, so that no long transaction stands in the way of commits. */
import { throwIfAborted } from '@dynamo/core';
import type { Session } from './bulk.ts';
import { STILL_THERE } from './database.ts';
import { lostLease, readHead } from './head.ts';
import type { ForgetBefore, Forgotten } from './maintenance.ts';
import { removeHistory } from './put-history.ts';

/** Keys removed in one statement. */
const PIECE = 500;

export async function forget(
  session: Session,
  before: ForgetBefore,
  { epoch, signal }: { readonly epoch: number; readonly signal: AbortSignal | undefined },
): Promise<Forgotten> {
  const logStart = await cutLog(session, before.log, epoch);
  const versions = await removeLog(session, logStart, signal);
  const operations = await removeOperations(session, before.operations, signal);
  const cycles = await removeCycles(session, before.history, signal);
  const rows = await removeGone(session, { logStart, openSince: before.log, signal });
  return { versions, operations, cycles, rows, logStart };
}

/** First the head says so: whoever would read what goes is told to load anew. The last version always stays. */
async function cutLog(session: Session, time: number, epoch: number): Promise<number> {
  const { db } = session;
  const { last } = await db
    .selectFrom('changes')
    .where('time', '<', time)
    .select(({ fn }) => fn.max<number | null>('version').as('last'))
    .executeTakeFirstOrThrow();
  const head = await readHead(session);
  if (head.epoch !== epoch) throw lostLease(epoch, head.epoch);
  const start = Math.min(last === null ? head.log_start : Number(last) + 1, head.version);
  if (start <= head.log_start) return head.log_start;
  await db
    .updateTable('head')
    .set({ log_start: start })
    .where('log_start', '<', start)
    .where('version', '>=', start)
    .where('epoch', '=', epoch)
    .execute();
  return start;
}

/** Oldest first: stopped in the middle, there is no gap. */
async function removeLog({ db }: Session, start: number, signal: AbortSignal | undefined): Promise<number> {
  return inPieces(signal, async () => {
    const rows = await db
      .selectFrom('changes')
      .where('version', '<', start)
      .select('version')
      .orderBy('version')
      .limit(PIECE)
      .execute();
    const last = rows.at(-1)?.version;
    if (last === undefined) return 0;
    await db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('change_parts').where('version', '<=', last).execute();
      await transaction.deleteFrom('changes').where('version', '<=', last).execute();
    });
    return rows.length;
  });
}

function removeOperations({ db }: Session, time: number, signal: AbortSignal | undefined): Promise<number> {
  return inPieces(signal, async () => {
    const rows = await db
      .selectFrom('operations')
      .where('state', '=', 'closed')
      .where('opened_at', '<', time)
      .select('id')
      .orderBy('id')
      .limit(PIECE)
      .execute();
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return 0;
    await db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('attempts').where('operation_id', 'in', ids).execute();
      await transaction.deleteFrom('operations').where('id', 'in', ids).where('state', '=', 'closed').execute();
    });
    return ids.length;
  });
}

function removeCycles({ db }: Session, time: number, signal: AbortSignal | undefined): Promise<number> {
  return inPieces(signal, async () => {
    const rows = await db
      .selectFrom('history')
      .where('time', '<', time)
      .select('cycle')
      .orderBy('cycle')
      .limit(PIECE)
      .execute();
    const cycles = rows.map(({ cycle }) => cycle);
    if (cycles.length === 0) return 0;
    await db.transaction().execute((transaction) => removeHistory({ db: transaction }, cycles));
    return cycles.length;
  });
}

/**
 * Files that no version of the log has any more. An operation reads the files of the version that opened it: while one
 * is open that is older than the log, nothing goes.
 */
async function removeGone(
  { db }: Session,
  {
    logStart,
    openSince,
    signal,
  }: { readonly logStart: number; readonly openSince: number; readonly signal: AbortSignal | undefined },
): Promise<number> {
  const old = await db
    .selectFrom('operations')
    .where('state', '<>', 'closed')
    .where('opened_at', '<', openSince)
    .select('id')
    .limit(1)
    .execute();
  if (old.length > 0) return 0;
  return inPieces(signal, async () => {
    const rows = await db
      .selectFrom('files')
      .where('gone_version', '<', logStart)
      .where('gone_version', '<>', STILL_THERE)
      .select(['id', 'came_version'])
      .limit(PIECE)
      .execute();
    if (rows.length === 0) return 0;
    await db.transaction().execute(async (transaction) => {
      for (const { id, came_version } of rows) {
        await transaction.deleteFrom('files').where('id', '=', id).where('came_version', '=', came_version).execute();
      }
    });
    return rows.length;
  });
}

async function inPieces(signal: AbortSignal | undefined, remove: () => Promise<number>): Promise<number> {
  let removed = 0;
  for (;;) {
    throwIfAborted('compacting the store', signal);
    const went = await remove();
    removed += went;
    if (went < PIECE) return removed;
  }
}
