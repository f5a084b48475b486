/** Which servers there are (`select * from servers`), as each tells of itself every few seconds. */
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import type { DialectDifferences } from '../dialect-differences.ts';

const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull();

export function servers({ columns, tableOptions }: DialectDifferences): { up(db: Kysely<unknown>): Promise<void> } {
  const { integer, text } = columns;
  return {
    async up({ schema }) {
      await schema
        .createTable('servers')
        .addColumn('id', text(64), (column) => required(column).primaryKey())
        .addColumn('host', text(255), required)
        .addColumn('pid', integer, required)
        .addColumn('url', text(512), required)
        .addColumn('role', text(16), required)
        // Of the lease as it was seen last: the leader is the one of the present epoch.
        .addColumn('epoch', integer, required)
        .addColumn('version', integer, required)
        // Milliseconds since it last had all of the log; null: it never did.
        .addColumn('behind_ms', integer)
        .addColumn('started_at', integer, required)
        .addColumn('seen_at', integer, required)
        .modifyEnd(sql.raw(tableOptions))
        .execute();
    },
  };
}
