/** Where a server in trouble tries whether the database can be written again; empty but for that moment. */
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import type { DialectDifferences } from '../dialect-differences.ts';

/** Short enough to stand in the row itself: where a disk is full, rows are refused, but long values have brought MariaDB down. */
export const PROBE_CHARACTERS = 4000;

const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull();

export function probe({ columns, tableOptions }: DialectDifferences): { up(db: Kysely<unknown>): Promise<void> } {
  return {
    async up({ schema }) {
      await schema
        .createTable('probe')
        .addColumn('id', columns.integer, (column) => required(column).primaryKey())
        .addColumn('body', columns.text(PROBE_CHARACTERS), required)
        .modifyEnd(sql.raw(tableOptions))
        .execute();
    },
  };
}
