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
 * All that commits write, each on the version that the one before it makes, in the transaction that `session` is; throws
 * with nothing to be kept. A commit that is there already is a conflict here, which `receiptOf` tells from others, outside:
 * within, a snapshot may hide it.
 */
export async function writeCommits(
  session: Session,
  commits: readonly [Commit, ...Commit[]],
  epoch: number,
): Promise<readonly CommitReceipt[]> {
  const head = await readHead(session);
  if (head.epoch !== epoch) throw lostLease(epoch, head.epoch);
  const [{ base }] = commits;
  for (const [i, commit] of commits.entries()) {
    if (head.version + i !== commit.base) throw movedOn(head.version + i, commit.base);
  }
  let cycle = head.next_cycle;
  const receipts = commits.map(({ history }, i): CommitReceipt => {
    const own = history === null ? null : cycle;
    if (own !== null) cycle += 1;
    return { version: (base + i + 1) as Version, cycle: own };
  });
  const version = base + commits.length;
  const { counters } = commits.at(-1) as Commit;
  // First of all, so that two writers meet here and nowhere else.
  const to = { version, next_cycle: cycle, ...counterColumns(counters) };
  await moveHead(session, { version: base, epoch }, to);
  try {
    const ids = new RowIds(session, head.next_row);
    for (const [i, commit] of commits.entries()) {
      const receipt = receipts[i] as CommitReceipt;
      await applyChanges({ ...session, ids, version: receipt.version }, commit.changes);
      await moveOperations(session, commit, receipt.version);
      await putRequests(session, commit.requests);
      if (commit.history !== null && receipt.cycle !== null) {
        await putHistory(session, commit.history, { cycle: receipt.cycle, version: receipt.version });
      }
    }
    if (ids.next !== head.next_row) await moveHead(session, { version, epoch }, { next_row: ids.next });
    await appendToLog(
      session,
      commits.map((commit, i) => ({ epoch, commit, ...(receipts[i] as CommitReceipt) })),
    );
  } catch (error) {
    throw asConflict(session, error);
  }
  return receipts;
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
