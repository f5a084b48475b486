import type { InventoryStore, Version } from '@dynamo/core';
import { writeBaseline } from './baseline.ts';
import { readLog } from './change-log.ts';
import { writeCommit } from './commit.ts';
import { readHead } from './head.ts';
import { loadInventory } from './load.ts';
import type { SqlStoreBase } from './store-base.ts';

export function sqlInventoryStore(base: SqlStoreBase): InventoryStore {
  const { read, write } = base;
  return {
    load: ({ signal } = {}) => base.attempt('load the inventory', () => loadInventory(read, signal)),

    commit: (commit) =>
      base.attempt('commit', () =>
        write.db.transaction().execute((db) => writeCommit({ ...write, db }, commit, base.epoch())),
      ),

    follow: (from) =>
      base.attempt('follow the log', async () => {
        const { version, log_start } = await readHead(read);
        if (from + 1 < log_start || from > version) return { kind: 'too-old', oldest: log_start as Version };
        return { kind: 'changes', changes: readLog(read, from, version) };
      }),

    baseline: (head, records, options = {}) =>
      base.attempt('load a baseline', () => writeBaseline(write, { head, records, epoch: base.epoch(), ...options })),
  };
}
