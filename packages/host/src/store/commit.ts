import type { Commit, CommitReceipt, Version } from '@dynamo/core';
import { applyChanges } from './apply-changes.ts';
import { asConflict } from './as-conflict.ts';
import type { Session } from './bulk.ts';
import { appendToLog } from './change-log.ts';
import { counterColumns } from './counters.ts';
import { lostLease, movedOn, moveHead, readHead } from './head.ts';
import { moveOperations } from './move-operations.ts';
import { putHistory } from './put-history.ts';
import { putRequests } from './put-requests.ts';
import { RowIds } from './row-ids.ts';

/**
 * All that a commit writes, in the transaction that `session` is; throws with nothing to be kept. A commit that is there
 * already is a conflict here, which `receiptOf` tells from others, outside: within, a snapshot may hide it.
 */
export async function writeCommit(session: Session, commit: Commit, epoch: number): Promise<CommitReceipt> {
  const head = await readHead(session);
  if (head.epoch !== epoch) throw lostLease(epoch, head.epoch);
  if (head.version !== commit.base) throw movedOn(head.version, commit.base);

  const version = commit.base + 1;
  const cycle = commit.history === null ? null : head.next_cycle;
  // First of all, so that two writers meet here and nowhere else.
  await moveHead(
    session,
    { version: commit.base, epoch },
    {
      version,
      next_cycle: head.next_cycle + (cycle === null ? 0 : 1),
      ...counterColumns(commit.counters),
    },
  );
  try {
    const ids = new RowIds(session, head.next_row);
    await applyChanges({ ...session, ids, version }, commit.changes);
    if (ids.next !== head.next_row) await moveHead(session, { version, epoch }, { next_row: ids.next });
    await moveOperations(session, commit, version);
    await putRequests(session, commit.requests);
    if (commit.history !== null && cycle !== null) await putHistory(session, commit.history, { cycle, version });
    await appendToLog(session, { version, epoch, cycle, commit });
  } catch (error) {
    throw asConflict(session, error);
  }
  return { version: version as Version, cycle };
}

/** What a commit with this id made, if it is in the log. */
export async function receiptOf({ db }: Session, id: string): Promise<CommitReceipt | null> {
  const row = await db
    .selectFrom('changes')
    .select(['version', 'cycle'])
    .where('commit_id', '=', id)
    .executeTakeFirst();
  return row === undefined ? null : { version: row.version as Version, cycle: row.cycle };
}
