import { type Commit, type CommitReceipt, type InventoryStore, isDynamoError, type Version } from '@dynamo/core';
import { writeBaseline } from './baseline.ts';
import { readLog } from './change-log.ts';
import { receiptOf, writeCommits } from './commit.ts';
import { readHead } from './head.ts';
import { loadInventory } from './load.ts';
import type { SqlStoreBase } from './store-base.ts';

export function sqlInventoryStore(base: SqlStoreBase): InventoryStore {
  const { read, unhurried } = base;
  return {
    load: ({ signal } = {}) =>
      base.attempt('load the inventory', () => {
        const explain = (error: unknown): unknown => base.explain('load the inventory', error);
        return loadInventory(read, { connections: base.loadConnections, explain, signal });
      }),

    async commit(commit) {
      const [receipt] = await base.attempt('commit', () => commitOnce(base, [commit]));
      return receipt as CommitReceipt;
    },

    async commitAll([first, ...others]) {
      if (first === undefined) return [];
      return base.attempt('commit', () => commitOnce(base, [first, ...others]));
    },

    follow: (from) =>
      base.attempt('follow the log', async () => {
        const { version, log_start } = await readHead(read);
        if (from + 1 < log_start || from > version) return { kind: 'too-old', oldest: log_start as Version };
        return { kind: 'changes', changes: explained(base, 'follow the log', readLog(read, from, version)) };
      }),

    baseline: (head, records, options = {}) =>
      base.attempt('load a baseline', () =>
        writeBaseline(unhurried.write, { head, records, epoch: base.epoch(), ...options }),
      ),
  };
}

/** What is read after the call has returned may fail then, and says as much as if it had failed within. */
async function* explained<T>({ explain }: SqlStoreBase, doing: string, items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    throw explain(doing, error);
  }
}

/**
 * Whoever is refused because others were there may have been there himself: a COMMIT whose answer was lost can take
 * effect at any time, also while the same commit is being tried again and waits for the head's row.
 */
async function commitOnce(
  { write, epoch }: SqlStoreBase,
  commits: readonly [Commit, ...Commit[]],
): Promise<readonly CommitReceipt[]> {
  try {
    return await write.db.transaction().execute((db) => writeCommits({ ...write, db }, commits, epoch()));
  } catch (error) {
    if (!isDynamoError(error, 'conflict') && !isDynamoError(error, 'lost-lease')) throw error;
    const receipts: CommitReceipt[] = [];
    for (const { id } of commits) {
      const receipt = await receiptOf(write, id);
      if (receipt === null) throw error;
      receipts.push(receipt);
    }
    return receipts;
  }
}
