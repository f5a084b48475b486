/**
 * The first schema. By hand: `select s.name, b.name from block_replicas r join sites s on s.id = r.site_id join blocks b
 * on b.id = r.block_id`. Datasets, blocks and files that have gone stay until they are purged, for views of older
 * versions: those that are there have 9007199254740991 as their gone_version.
 */
import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { DialectDifferences } from '../dialect-differences.ts';

type Required = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
const required: Required = (column) => column.notNull();
const key: Required = (column) => column.notNull().primaryKey();

export function first({ columns, tableOptions, clusteredOptions }: DialectDifferences): {
  up(db: Kysely<unknown>): Promise<void>;
} {
  const { integer, flag, digest, text, longText, bytes } = columns;
  const withOptions = <T extends string, C extends string>(
    table: CreateTableBuilder<T, C>,
    options: string,
  ): CreateTableBuilder<T, C> => (options === '' ? table : table.modifyEnd(sql.raw(options)));

  return {
    async up(db) {
      const plain = <C extends string>(table: CreateTableBuilder<string, C>): Promise<void> =>
        withOptions(table, tableOptions).execute();
      const clustered = <C extends string>(table: CreateTableBuilder<string, C>): Promise<void> =>
        withOptions(table, clusteredOptions).execute();
      const { schema } = db;

      await plain(
        schema
          .createTable('head')
          .addColumn('id', integer, key)
          .addColumn('version', integer, required)
          .addColumn('epoch', integer, required)
          .addColumn('next_file', integer, required)
          .addColumn('next_operation', integer, required)
          .addColumn('next_lock', integer, required)
          .addColumn('next_request', integer, required)
          .addColumn('next_cycle', integer, required)
          .addColumn('next_row', integer, required)
          .addColumn('log_start', integer, required)
          .addColumn('loading', flag, required),
      );
      await plain(
        schema
          .createTable('lease')
          .addColumn('id', integer, key)
          .addColumn('epoch', integer, required)
          .addColumn('holder', text(255))
          .addColumn('host', text(255))
          .addColumn('pid', integer)
          .addColumn('since', integer),
      );
      await plain(schema.createTable('heartbeat').addColumn('id', integer, key).addColumn('beat', integer, required));

      await plain(
        schema
          .createTable('owner_groups')
          .addColumn('id', integer, key)
          .addColumn('name', text(64), (column) => column.notNull().unique())
          .addColumn('level', text(8), required),
      );
      await plain(
        schema
          .createTable('sites')
          .addColumn('id', integer, key)
          .addColumn('name', text(64), (column) => column.notNull().unique())
          .addColumn('host', longText)
          .addColumn('storage', text(8), required)
          .addColumn('status', text(8), required)
          .addColumn('backend', longText)
          .addColumn('verified', flag, required)
          .addColumn('pfn_mapping', longText, required)
          .addColumn('lfn_mapping', longText, required),
      );
      await plain(
        schema
          .createTable('partitions')
          .addColumn('id', integer, key)
          .addColumn('name', text(64), (column) => column.notNull().unique())
          .addColumn('condition_text', longText)
          .addColumn('parts', longText),
      );
      await clustered(
        schema
          .createTable('quotas')
          .addColumn('site_id', integer, required)
          .addColumn('partition_id', integer, required)
          .addColumn('bytes', integer, required)
          .addPrimaryKeyConstraint('quotas_key', ['site_id', 'partition_id'])
          .addForeignKeyConstraint('quotas_site', ['site_id'], 'sites', ['id'])
          .addForeignKeyConstraint('quotas_partition', ['partition_id'], 'partitions', ['id']),
      );

      await plain(
        schema
          .createTable('datasets')
          .addColumn('id', integer, key)
          .addColumn('digest', digest, required)
          .addColumn('name', text(512), required)
          .addColumn('status', text(10), required)
          .addColumn('data_type', longText)
          .addColumn('software_version', longText)
          .addColumn('last_update', integer, required)
          .addColumn('is_open', flag, required)
          .addColumn('gone_version', integer, required)
          .addUniqueConstraint('datasets_name', ['digest', 'gone_version']),
      );
      await clustered(
        schema
          .createTable('dataset_attributes')
          .addColumn('dataset_id', integer, required)
          .addColumn('name', text(128), required)
          .addColumn('value', longText, required)
          .addPrimaryKeyConstraint('dataset_attributes_key', ['dataset_id', 'name']),
      );
      await plain(
        schema
          .createTable('blocks')
          .addColumn('id', integer, key)
          .addColumn('digest', digest, required)
          .addColumn('dataset_id', integer, required)
          .addColumn('name', text(128), required)
          .addColumn('size', integer, required)
          .addColumn('files', integer, required)
          .addColumn('is_open', flag, required)
          .addColumn('last_update', integer, required)
          .addColumn('gone_version', integer, required)
          .addUniqueConstraint('blocks_name', ['digest', 'gone_version'])
          .addForeignKeyConstraint('blocks_dataset', ['dataset_id'], 'datasets', ['id']),
      );
      await schema.createIndex('blocks_of_dataset').on('blocks').column('dataset_id').execute();
      await clustered(
        schema
          .createTable('files')
          .addColumn('id', integer, required)
          .addColumn('came_version', integer, required)
          .addColumn('gone_version', integer, required)
          .addColumn('block_id', integer, required)
          .addColumn('digest', digest, required)
          .addColumn('lfn', text(1024), required)
          .addColumn('size', integer, required)
          .addColumn('checksums', longText, required)
          .addPrimaryKeyConstraint('files_key', ['id', 'came_version'])
          .addUniqueConstraint('files_lfn', ['digest', 'gone_version']),
      );
      await schema.createIndex('files_of_block').on('files').columns(['block_id', 'id']).execute();

      await clustered(
        schema
          .createTable('dataset_replicas')
          .addColumn('dataset_id', integer, required)
          .addColumn('site_id', integer, required)
          .addColumn('group_id', integer)
          .addColumn('growing', flag, required)
          .addPrimaryKeyConstraint('dataset_replicas_key', ['dataset_id', 'site_id'])
          .addForeignKeyConstraint('dataset_replicas_dataset', ['dataset_id'], 'datasets', ['id'])
          .addForeignKeyConstraint('dataset_replicas_site', ['site_id'], 'sites', ['id'])
          .addForeignKeyConstraint('dataset_replicas_group', ['group_id'], 'owner_groups', ['id']),
      );
      await clustered(
        schema
          .createTable('block_replicas')
          .addColumn('block_id', integer, required)
          .addColumn('site_id', integer, required)
          .addColumn('group_id', integer)
          .addColumn('custodial', flag, required)
          .addColumn('last_update', integer, required)
          .addColumn('operation', text(6), required)
          .addColumn('partial_kind', text(7))
          .addColumn('partial_size', integer)
          .addColumn('partial_files', integer)
          .addPrimaryKeyConstraint('block_replicas_key', ['block_id', 'site_id'])
          .addForeignKeyConstraint('block_replicas_block', ['block_id'], 'blocks', ['id'])
          .addForeignKeyConstraint('block_replicas_site', ['site_id'], 'sites', ['id'])
          .addForeignKeyConstraint('block_replicas_group', ['group_id'], 'owner_groups', ['id']),
      );
      await schema
        .createIndex('block_replicas_of_site')
        .on('block_replicas')
        .columns(['site_id', 'block_id'])
        .execute();
      await clustered(
        schema
          .createTable('partial_files')
          .addColumn('block_id', integer, required)
          .addColumn('site_id', integer, required)
          .addColumn('file_id', integer, required)
          .addPrimaryKeyConstraint('partial_files_key', ['block_id', 'site_id', 'file_id']),
      );
      await plain(
        schema
          .createTable('locks')
          .addColumn('id', integer, key)
          .addColumn('dataset_pattern', longText, required)
          .addColumn('site_pattern', longText)
          .addColumn('group_pattern', longText)
          .addColumn('block', text(128))
          .addColumn('expires', integer)
          .addColumn('owner', longText)
          .addColumn('comment', longText),
      );

      await plain(
        schema
          .createTable('changes')
          .addColumn('version', integer, key)
          .addColumn('epoch', integer, required)
          .addColumn('time', integer, required)
          .addColumn('user_name', longText, required)
          .addColumn('application', longText, required)
          .addColumn('commit_id', text(255), (column) => column.notNull().unique())
          .addColumn('cycle', integer)
          .addColumn('format', integer, required)
          .addColumn('encoding', text(8), required)
          .addColumn('change_count', integer, required)
          .addColumn('next_file', integer, required)
          .addColumn('next_operation', integer, required)
          .addColumn('next_lock', integer, required)
          .addColumn('next_request', integer, required),
      );
      await clustered(
        schema
          .createTable('change_parts')
          .addColumn('version', integer, required)
          .addColumn('part', integer, required)
          .addColumn('body', bytes, required)
          .addPrimaryKeyConstraint('change_parts_key', ['version', 'part']),
      );

      await plain(
        schema
          .createTable('operations')
          .addColumn('id', integer, key)
          .addColumn('kind', text(11), required)
          .addColumn('dataset', text(512))
          .addColumn('block', text(128))
          .addColumn('site', text(64), required)
          .addColumn('path', longText)
          .addColumn('target_digest', digest, required)
          .addColumn('opened_at', integer, required)
          .addColumn('reason_source', longText, required)
          .addColumn('reason_text', longText, required)
          .addColumn('reason_reference', longText)
          .addColumn('state', text(7), required)
          .addColumn('attempts', integer, required)
          .addColumn('not_before', integer, required)
          .addColumn('last_error', longText, required)
          .addColumn('claims', integer, required)
          .addColumn('claim_owner', longText)
          .addColumn('deadline', integer, required)
          .addColumn('outcome', text(9))
          .addColumn('detail', longText)
          .addColumn('closed_version', integer),
      );
      await schema.createIndex('operations_by_state').on('operations').columns(['state', 'id']).execute();
      await schema.createIndex('operations_of_dataset').on('operations').column('dataset').execute();
      await schema.createIndex('operations_by_target').on('operations').column('target_digest').execute();
      await plain(
        schema
          .createTable('attempts')
          .addColumn('id', integer, (column) => key(column).autoIncrement())
          .addColumn('operation_id', integer, required)
          .addColumn('subject', longText, required)
          .addColumn('time', integer, required)
          .addColumn('ok', flag, required)
          .addColumn('detail', longText, required),
      );
      await schema.createIndex('attempts_of_operation').on('attempts').column('operation_id').execute();
      await plain(
        schema
          .createTable('requests')
          .addColumn('id', integer, key)
          .addColumn('kind', text(8), required)
          .addColumn('state', text(10), required)
          .addColumn('user_name', longText, required)
          .addColumn('created_at', integer, required)
          .addColumn('updated_at', integer, required)
          .addColumn('reason', longText, required)
          .addColumn('document', longText, required),
      );
      await schema.createIndex('requests_by_state').on('requests').columns(['state', 'id']).execute();
      await plain(
        schema
          .createTable('history')
          .addColumn('cycle', integer, key)
          .addColumn('planner', text(64), required)
          .addColumn('title', longText, required)
          .addColumn('time', integer, required)
          .addColumn('plan_version', integer, required)
          .addColumn('version', integer, required),
      );
      await schema.createIndex('history_of_planner').on('history').columns(['planner', 'cycle']).execute();
      await clustered(
        schema
          .createTable('history_parts')
          .addColumn('cycle', integer, required)
          .addColumn('part', integer, required)
          .addColumn('body', bytes, required)
          .addPrimaryKeyConstraint('history_parts_key', ['cycle', 'part']),
      );
      await clustered(
        schema
          .createTable('findings')
          .addColumn('site', text(64), required)
          .addColumn('kind', text(16), required)
          .addColumn('digest', digest, required)
          .addColumn('name', longText, required)
          .addColumn('rounds', integer, required)
          .addColumn('first_seen', integer, required)
          .addColumn('last_seen', integer, required)
          .addPrimaryKeyConstraint('findings_key', ['site', 'kind', 'digest']),
      );

      await sql`insert into head values (1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0)`.execute(db);
      await sql`insert into lease values (1, 0, null, null, null, null)`.execute(db);
      await sql`insert into heartbeat values (1, 0)`.execute(db);
    },
  };
}
