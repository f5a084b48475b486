/**
 * What belongs to past cycles. `cycle_deeds` is what each ordered, to be found by dataset and site (`select * from
 * cycle_deeds where dataset = '..' order by cycle`). `contents` are kept once for each digest (SHA-256): a policy's text,
 * decisions and attributes in a compact form; the parts of one put together are in the zstd format. Those that no row of
 * `cycle_contents` names are removed with the last cycle that had them.
 */
import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { DialectDifferences } from '../dialect-differences.ts';

const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull();

export function cycleRecords({ columns, clusteredOptions }: DialectDifferences): {
  up(db: Kysely<unknown>): Promise<void>;
} {
  const { integer, flag, text, longText, bytes } = columns;
  return {
    async up({ schema }) {
      const clustered = <C extends string>(table: CreateTableBuilder<string, C>): Promise<void> =>
        table.modifyEnd(sql.raw(clusteredOptions)).execute();
      await schema
        .alterTable('history')
        .addColumn('is_test', flag, (column) => required(column).defaultTo(0))
        .execute();
      await schema.createIndex('history_by_time').on('history').columns(['time', 'cycle']).execute();
      await clustered(
        schema
          .createTable('cycle_contents')
          .addColumn('cycle', integer, required)
          .addColumn('name', text(64), required)
          .addColumn('digest', text(64), required)
          .addPrimaryKeyConstraint('cycle_contents_key', ['cycle', 'name']),
      );
      await schema.createIndex('cycles_of_content').on('cycle_contents').column('digest').execute();
      await clustered(
        schema
          .createTable('contents')
          .addColumn('digest', text(64), (column) => required(column).primaryKey())
          // Before it was packed.
          .addColumn('bytes', integer, required)
          .addColumn('last_cycle', integer, required),
      );
      await clustered(
        schema
          .createTable('content_parts')
          .addColumn('digest', text(64), required)
          .addColumn('part', integer, required)
          .addColumn('body', bytes, required)
          .addPrimaryKeyConstraint('content_parts_key', ['digest', 'part']),
      );
      await clustered(
        schema
          .createTable('cycle_deeds')
          .addColumn('cycle', integer, required)
          .addColumn('number', integer, required)
          .addColumn('kind', text(16), required)
          .addColumn('dataset', text(512), required)
          .addColumn('site', text(64), required)
          .addColumn('blocks', integer, required)
          .addColumn('bytes', integer, required)
          .addColumn('reference', longText)
          .addPrimaryKeyConstraint('cycle_deeds_key', ['cycle', 'number']),
      );
      await schema.createIndex('deeds_of_dataset').on('cycle_deeds').columns(['dataset', 'cycle']).execute();
      await schema.createIndex('deeds_at_site').on('cycle_deeds').columns(['site', 'cycle']).execute();
    },
  };
}
