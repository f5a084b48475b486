/** Whether the tables agree with one another and with the log: what no foreign key says. */
import { inputError, type Store } from '@dynamo/core';
import { CompiledQuery } from 'kysely';
import type { Session } from './bulk.ts';
import { type Ask, checkOperations, type Row } from './check-operations.ts';
import { TABLE_CHECKS } from './table-checks.ts';

/** What is wrong in one respect. */
interface StoreFault {
  /** As a sentence's beginning: `block replicas of no block`. */
  readonly what: string;
  /** How many rows are so. */
  readonly rows: number;
  /** The first of them, by what finds them in the table: `block_id=7 site_id=2`. */
  readonly examples: readonly string[];
}

export interface StoreReport {
  /** That all of it was read at. */
  readonly version: number;
  readonly checks: number;
  readonly faults: readonly StoreFault[];
}

/** A store that can be asked whether it is sound. */
export interface CheckedStore extends Store {
  check(options?: { readonly signal?: AbortSignal }): Promise<StoreReport>;
}

/** Throws `invalid-input` for a store without tables. */
export function checkedStore(store: Store): CheckedStore {
  if ('check' in store) return store as CheckedStore;
  throw inputError({ what: 'this kind of store has no tables to check' });
}

/** Reads all tables at one version, and changes nothing. */
export async function checkStore({ db }: Session, signal: AbortSignal | undefined): Promise<StoreReport> {
  const transaction = await db
    .startTransaction()
    .setAccessMode('read only')
    .setIsolationLevel('repeatable read')
    .execute();
  const ask: Ask = async (sql, parameters = []) => {
    signal?.throwIfAborted();
    return (await transaction.executeQuery<Row>(CompiledQuery.raw(sql, [...parameters]))).rows;
  };
  try {
    const [head] = await ask('select version from head where id = 1');
    const faults: StoreFault[] = [];
    for (const { what, columns, from } of TABLE_CHECKS) {
      const found = await ask(`select ${columns} ${from} limit ${MAX_EXAMPLES}`);
      if (found.length === 0) continue;
      const [total] = await ask(`select count(*) as n from (select ${columns} ${from}) as found`);
      faults.push({ what, rows: Number(total?.n), examples: found.map(describeRow) });
    }
    const operations = await checkOperations(ask);
    for (const [what, rows] of operations) {
      if (rows.length === 0) continue;
      faults.push({ what, rows: rows.length, examples: rows.slice(0, MAX_EXAMPLES).map(describeRow) });
    }
    return { version: Number(head?.version ?? 0), checks: TABLE_CHECKS.length + operations.size, faults };
  } finally {
    await transaction.rollback().execute();
  }
}

const MAX_EXAMPLES = 10;

function describeRow(row: Row): string {
  return Object.entries(row)
    .map(([column, value]) => `${column}=${value}`)
    .join(' ');
}
