/**
 * What others report: accesses by day (`select * from accesses where dataset = '..' order by day`), and values of
 * variables. Names are as they were sent: they need not be in the inventory.
 */
import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { DialectDifferences } from '../dialect-differences.ts';

const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull();

export function reports({ columns, clusteredOptions }: DialectDifferences): { up(db: Kysely<unknown>): Promise<void> } {
  const { integer, text, longText } = columns;
  return {
    async up({ schema }) {
      const clustered = <C extends string>(table: CreateTableBuilder<string, C>): Promise<void> =>
        table.modifyEnd(sql.raw(clusteredOptions)).execute();
      await clustered(
        schema
          .createTable('accesses')
          .addColumn('day', integer, required)
          .addColumn('dataset', text(512), required)
          .addColumn('site', text(64), required)
          .addColumn('accesses', integer, required)
          .addColumn('requests', integer, required)
          .addPrimaryKeyConstraint('accesses_key', ['day', 'dataset', 'site']),
      );
      await clustered(
        schema
          .createTable('attribute_sets')
          .addColumn('variable', text(128), (column) => required(column).primaryKey())
          .addColumn('time', integer, required),
      );
      await clustered(
        schema
          .createTable('attribute_values')
          .addColumn('variable', text(128), required)
          .addColumn('dataset', text(512), required)
          .addColumn('value', longText, required)
          .addPrimaryKeyConstraint('attribute_values_key', ['variable', 'dataset']),
      );
    },
  };
}
