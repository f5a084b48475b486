import type { PartitionRecord, QuotaRecord, SiteRecord } from '@dynamo/core';
import { insertRows, type RowShape, type Session, upsertRows } from '../bulk.ts';
import type { EntityTable, WriteContext } from './entity-table.ts';
import { expectRows } from './expect-rows.ts';

const shape: RowShape<'quotas'> = { table: 'quotas', columns: ['site_id', 'partition_id', 'bytes'] };

export const quotaTable: EntityTable<'quota'> = {
  async add(context, records) {
    await insertRows(
      context,
      shape,
      records.map((quota) => rowOf(context, quota)),
    );
  },

  async update(context, updates) {
    const rows = updates.map(({ after }) => rowOf(context, after));
    await upsertRows(context, shape, ['site_id', 'partition_id'], rows);
  },

  async remove(context, records) {
    for (const quota of records) {
      const [site, partition] = rowOf(context, quota);
      const gone = context.db.deleteFrom('quotas').where('site_id', '=', site).where('partition_id', '=', partition);
      expectRows('quotas', 1, await gone.execute());
    }
  },
};

export async function readQuotas(
  { db }: Session,
  sites: ReadonlyMap<number, SiteRecord>,
  partitions: ReadonlyMap<number, PartitionRecord>,
): Promise<readonly QuotaRecord[]> {
  const rows = await db.selectFrom('quotas').selectAll().orderBy('site_id').orderBy('partition_id').execute();
  return rows.map(
    ({ site_id, partition_id, bytes }) =>
      ({ site: sites.get(site_id)?.name, partition: partitions.get(partition_id)?.name, bytes }) as QuotaRecord,
  );
}

function rowOf({ ids }: WriteContext, { site, partition, bytes }: QuotaRecord): readonly [number, number, number] {
  return [ids.site(site), ids.partition(partition), bytes];
}
