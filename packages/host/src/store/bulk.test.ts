import { Kysely } from 'kysely';
import { expect, it } from 'vitest';
import { insertRows, type Session } from './bulk.ts';
import type { Database } from './database.ts';
import { SqliteDialect } from './sqlite/sqlite-dialect.ts';
import { sqliteDifferences } from './sqlite/sqlite-differences.ts';

/** Records the statements instead of carrying them out. */
function recordingSession(): { readonly session: Session; readonly rows: number[]; readonly bytes: number[] } {
  const rows: number[] = [];
  const bytes: number[] = [];
  const connection = {
    async execute(sql: string, parameters: readonly unknown[]) {
      expect(sql.split('?')).toHaveLength(parameters.length + 1);
      rows.push(parameters.length / 3);
      bytes.push(parameters.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0));
      return { rows: [], changes: 0 };
    },
    executeArrays: async () => [],
    async *stream() {},
    close: async () => {},
  };
  const dialect = new SqliteDialect({ open: async () => connection, maxConnections: 1, begin: 'begin' });
  return { session: { db: new Kysely<Database>({ dialect }), differences: sqliteDifferences }, rows, bytes };
}

const shape = { table: 'change_parts', columns: ['version', 'part', 'body'] } as const;

it('puts rows into as few statements as a limit of rows allows', async () => {
  const { session, rows } = recordingSession();
  await insertRows(session, shape, []);
  expect(rows).toEqual([]);
  await insertRows(
    session,
    shape,
    Array.from({ length: 1201 }, (_, i) => [1, i, null]),
  );
  expect(rows).toEqual([500, 500, 201]);
});

it('keeps every statement small, whatever the rows hold', async () => {
  const { session, rows, bytes } = recordingSession();
  const mebibyte = new Uint8Array(2 ** 20);
  await insertRows(
    session,
    shape,
    Array.from({ length: 10 }, (_, i) => [1, i, mebibyte]),
  );
  expect(rows).toEqual([4, 4, 2]);
  expect(Math.max(...bytes)).toBeLessThanOrEqual(4 * 2 ** 20);
});
