import { DynamoError } from '@dynamo/core';
import type { Session } from './bulk.ts';
import type { HeadTable } from './database.ts';

const HEAD_ROW = 1;

export async function readHead({ db }: Session): Promise<HeadTable> {
  return present(await selectHead(db).executeTakeFirst());
}

/** As others have left it by now, where a transaction would see it as it was when it began. */
async function readHeadOfNow({ db, differences }: Session): Promise<HeadTable> {
  const head = selectHead(db);
  return present(await (differences.snapshotsHidePresent ? head.forUpdate() : head).executeTakeFirst());
}

function selectHead(db: Session['db']) {
  return db.selectFrom('head').selectAll().where('id', '=', HEAD_ROW);
}

function present(head: HeadTable | undefined): HeadTable {
  if (head === undefined) {
    throw new DynamoError('corrupt', 'the table head has no row: restore the store from a dump or a backup');
  }
  return head;
}

/**
 * Moves the head by compare-and-set, the one statement that every commit begins with: on a cluster a plain read of the
 * epoch proves nothing, two nodes that change this row cannot both commit. Rejects with `conflict` or `lost-lease`.
 */
export async function moveHead(
  session: Session,
  from: { readonly version: number; readonly epoch: number },
  to: Partial<Omit<HeadTable, 'id'>>,
): Promise<void> {
  const { numUpdatedRows } = await session.db
    .updateTable('head')
    .set(to)
    .where('id', '=', HEAD_ROW)
    .where('version', '=', from.version)
    .where('epoch', '=', from.epoch)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 1n) return;
  const head = await readHeadOfNow(session);
  throw head.epoch === from.epoch ? movedOn(head.version, from.version) : lostLease(from.epoch, head.epoch);
}

export function movedOn(present: number, expected: number): DynamoError<'conflict'> {
  return new DynamoError('conflict', `the store is at version ${present}, the commit was made on ${expected}`, {
    data: { present, expected },
  });
}

export function lostLease(own: number, present: number): DynamoError<'lost-lease'> {
  const what = `the writer's lease has gone to another server (epoch ${present}, ours was ${own})`;
  return new DynamoError('lost-lease', `${what}: nothing was written`, { data: { own, present } });
}
