/** Whether the database under a store works: what it did not do last, until it is seen to work again. */
import type { Store } from '@dynamo/core';
import { CompiledQuery } from 'kysely';
import { insertRows } from './bulk.ts';
import { TABLE_NAMES } from './database.ts';
import { PROBE_CHARACTERS } from './migrations/0009-probe.ts';
import type { SqlStoreBase } from './store-base.ts';

export interface StoreCondition {
  /** In one line; null: nothing is known to be wrong. */
  trouble(): string | null;
  /** Looks at all tables and writes: where both go well there is no trouble any more. Rejects with what is wrong. */
  probe(): Promise<void>;
}

export interface WatchedStore extends Store {
  readonly condition: StoreCondition;
}

/** Null for a store that has no database. */
export function conditionOf(store: Store): StoreCondition | null {
  return 'condition' in store ? (store as WatchedStore).condition : null;
}

/** A mebibyte: more than what lies about free in the files of the database. */
const PROBE_ROWS = 256;

export function sqlCondition({ write, attempt, trouble }: SqlStoreBase): StoreCondition {
  const { db, differences } = write;
  const ask = (sql: string): Promise<unknown> => db.executeQuery(CompiledQuery.raw(sql));
  return {
    trouble: () => trouble.line,
    async probe() {
      await attempt('write to the store', async () => {
        const { quote, emptyTable } = differences;
        for (const table of TABLE_NAMES) await ask(`select 1 from ${quote}${table}${quote} limit 1`);
        // What an earlier one left when it was cut off.
        await ask(`${emptyTable} probe`);
        const rows = Array.from({ length: PROBE_ROWS }, (_, id) => [id, 'x'.repeat(PROBE_CHARACTERS)]);
        await insertRows(write, { table: 'probe', columns: ['id', 'body'] }, rows);
        await ask(`${emptyTable} probe`);
      });
      trouble.end();
    },
  };
}
