/** The writer's lease: a row changed by compare-and-set, with an epoch that every commit proves (see `head.ts`). */
import { DynamoError } from '@dynamo/core';
import type { Session } from './bulk.ts';
import type { LeaseTable } from './database.ts';

export interface LeaseHolder {
  /** What it is: `dynamo serve`, `dynamo inject`. */
  readonly holder: string;
  readonly host: string;
  readonly pid: number;
  /** Seconds since 1970, by the holder's own clock: for people, never compared. */
  readonly since: number;
}

const LEASE_ROW = 1;

/** Null: nobody holds it, or whoever did has given it back. */
export async function readLease({
  db,
}: Session): Promise<{ readonly epoch: number; readonly holder: LeaseHolder | null }> {
  const row = await db.selectFrom('lease').selectAll().where('id', '=', LEASE_ROW).executeTakeFirst();
  if (row === undefined)
    throw new DynamoError('corrupt', 'the table lease has no row: restore the store from a backup');
  return { epoch: row.epoch, holder: holderOf(row) };
}

/**
 * Makes `holder` the writer in place of whoever has epoch `epoch`, and resolves to the new epoch: from then on a commit
 * of the former writer is refused. Rejects with `lost-lease` when another was faster.
 */
export async function takeLease(session: Session, epoch: number, holder: LeaseHolder): Promise<number> {
  return session.db.transaction().execute(async (db) => {
    const next = epoch + 1;
    const lease = await db
      .updateTable('lease')
      .set({ epoch: next, ...holder })
      .where('id', '=', LEASE_ROW)
      .where('epoch', '=', epoch)
      .executeTakeFirstOrThrow();
    if (lease.numUpdatedRows !== 1n) throw heldByAnother((await readLease({ ...session, db })).holder);
    await db.updateTable('head').set({ epoch: next }).where('id', '=', LEASE_ROW).executeTakeFirstOrThrow();
    await db.updateTable('heartbeat').set({ beat: 0 }).where('id', '=', LEASE_ROW).execute();
    return next;
  });
}

/** Does nothing when the lease has gone to another. */
export async function releaseLease({ db }: Session, epoch: number): Promise<void> {
  const nobody = { holder: null, host: null, pid: null, since: null };
  await db.updateTable('lease').set(nobody).where('id', '=', LEASE_ROW).where('epoch', '=', epoch).execute();
}

export function heldByAnother(holder: LeaseHolder | null): DynamoError<'lost-lease'> {
  const who = holder === null ? 'another process' : `${holder.holder} (process ${holder.pid} on ${holder.host}`;
  const since = holder === null ? '' : ` since ${new Date(holder.since * 1000).toISOString()})`;
  return new DynamoError('lost-lease', `${who}${since} writes to this store: go through it, or stop it first`, {
    data: { holder },
  });
}

function holderOf({ holder, host, pid, since }: LeaseTable): LeaseHolder | null {
  return holder === null ? null : { holder, host: host ?? '', pid: pid ?? 0, since: since ?? 0 };
}
