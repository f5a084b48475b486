/** Plans that wait for a second person's approval (`select * from waiting_plans where outcome is null`), and what became of them. */
import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { DialectDifferences } from '../dialect-differences.ts';

const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull();

export function plans({ columns, clusteredOptions }: DialectDifferences): { up(db: Kysely<unknown>): Promise<void> } {
  const { integer, text, longText, bytes } = columns;
  return {
    async up({ schema }) {
      const clustered = <C extends string>(table: CreateTableBuilder<string, C>): Promise<void> =>
        table.modifyEnd(sql.raw(clusteredOptions)).execute();
      await clustered(
        schema
          .createTable('waiting_plans')
          .addColumn('id', integer, (column) => required(column).primaryKey())
          .addColumn('planner', text(64), required)
          .addColumn('title', longText, required)
          .addColumn('plan_version', integer, required)
          .addColumn('made_by', text(64), required)
          .addColumn('made_at', integer, required)
          .addColumn('expires_at', integer, required)
          .addColumn('bytes', integer, required)
          .addColumn('replicas', integer, required)
          .addColumn('outcome', text(16))
          .addColumn('decided_by', text(64))
          .addColumn('decided_at', integer)
          .addColumn('comment', longText)
          .addColumn('cycle', integer),
      );
      // Gone once the plan is decided about, or has expired.
      await clustered(
        schema
          .createTable('plan_parts')
          .addColumn('plan', integer, required)
          .addColumn('part', integer, required)
          .addColumn('body', bytes, required)
          .addPrimaryKeyConstraint('plan_parts_key', ['plan', 'part']),
      );
    },
  };
}
