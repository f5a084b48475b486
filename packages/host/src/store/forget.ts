/** Removing what is old, a piece at a time, so that no long transaction stands in the way of commits. */
import { throwIfAborted } from '@dynamo/core';
import { sql } from 'kysely';
import type { Session } from './bulk.ts';
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

/** Numbers of files looked at in one statement: the table has no order of what has gone. */
const SPAN = 10_000;

/**
 * Files, blocks and datasets that no version has any more which the log leads back to: the one before its first, and those
 * after. An operation reads the files of the version that opened it: while one is open that is older than the log, nothing
 * goes.
 */
async function removeGone(
  session: Session,
  { logStart, openSince, signal }: { readonly logStart: number; readonly openSince: number; readonly signal: Signal },
): Promise<number> {
  const { db } = session;
  const old = await db
    .selectFrom('operations')
    .where('state', '<>', 'closed')
    .where('opened_at', '<', openSince)
    .select('id')
    .limit(1)
    .execute();
  if (old.length > 0) return 0;
  const { next_file } = await readHead(session);
  let removed = 0;
  for (let first = 0; first < next_file; first += SPAN) {
    throwIfAborted('compacting the store', signal);
    const { numDeletedRows } = await db
      .deleteFrom('files')
      .where('id', '>=', first)
      .where('id', '<', first + SPAN)
      .where('gone_version', '<', logStart)
      .executeTakeFirstOrThrow();
    removed += Number(numDeletedRows);
  }
  // Those above go after those below: files name their block, blocks their dataset.
  removed += await removeEmpty(session, 'blocks', { table: 'files', column: 'block_id' }, logStart, signal);
  return (
    removed + (await removeEmpty(session, 'datasets', { table: 'blocks', column: 'dataset_id' }, logStart, signal))
  );
}

/** Gone ones that nothing is left of. */
function removeEmpty(
  { db }: Session,
  table: 'blocks' | 'datasets',
  below: { readonly table: 'files' | 'blocks'; readonly column: 'block_id' | 'dataset_id' },
  logStart: number,
  signal: Signal,
): Promise<number> {
  return inPieces(signal, async () => {
    const { rows } = await sql<{ id: number }>`
      select id from ${sql.table(table)} as t where gone_version < ${logStart} and not exists
      (select 1 from ${sql.table(below.table)} as b where ${sql.ref(`b.${below.column}`)} = t.id) limit ${sql.lit(PIECE)}
    `.execute(db);
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await db.deleteFrom(table).where('id', 'in', ids).execute();
    return ids.length;
  });
}

type Signal = AbortSignal | undefined;

async function inPieces(signal: AbortSignal | undefined, remove: () => Promise<number>): Promise<number> {
  let removed = 0;
  for (;;) {
    throwIfAborted('compacting the store', signal);
    const went = await remove();
    removed += went;
    if (went < PIECE) return removed;
  }
}
