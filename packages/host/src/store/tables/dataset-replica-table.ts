import type { DatasetReplicaRecord } from '@dynamo/core';
import { insertRows, type RowShape, type Session, upsertRows } from '../bulk.ts';
import { mapInSlices } from '../map-in-slices.ts';
import type { EntityTable, WriteContext } from './entity-table.ts';
import { removeBySite } from './remove-by-site.ts';

const shape: RowShape<'dataset_replicas'> = {
  table: 'dataset_replicas',
  columns: ['dataset_id', 'site_id', 'group_id', 'growing'],
};

export const datasetReplicaTable: EntityTable<'datasetReplica'> = {
  async add(context, records) {
    const rows = records.values().map((replica) => rowOf(context, replica));
    await insertRows(context, shape, rows);
  },

  async update(context, updates) {
    const rows = updates.values().map(({ after }) => rowOf(context, after));
    await upsertRows(context, shape, ['dataset_id', 'site_id'], rows);
  },

  async remove(context, records) {
    const { ids } = context;
    const rows = await mapInSlices(records, ({ dataset, site }) => ({
      id: ids.dataset(dataset),
      site: ids.site(site),
    }));
    await removeBySite(context, 'dataset_replicas', rows);
  },
};

export interface ReplicaNames {
  readonly sites: ReadonlyMap<number, { readonly name: string }>;
  readonly groups: ReadonlyMap<number, { readonly name: string }>;
}

/** Those of the datasets in (after, last], whose names are given. */
export async function readDatasetReplicas(
  { db }: Session,
  after: number,
  last: number,
  datasetNames: ReadonlyMap<number, string>,
  { sites, groups }: ReplicaNames,
): Promise<readonly DatasetReplicaRecord[]> {
  const rows = await db
    .selectFrom('dataset_replicas')
    .selectAll()
    .where('dataset_id', '>', after)
    .where('dataset_id', '<=', last)
    .orderBy('dataset_id')
    .orderBy('site_id')
    .execute();
  return rows.map(
    ({ dataset_id, site_id, group_id, growing }) =>
      ({
        dataset: datasetNames.get(dataset_id),
        site: sites.get(site_id)?.name,
        group: group_id === null ? null : groups.get(group_id)?.name,
        growing: growing === 1,
      }) as DatasetReplicaRecord,
  );
}

function rowOf({ ids }: WriteContext, { dataset, site, group, growing }: DatasetReplicaRecord): readonly unknown[] {
  return [ids.dataset(dataset), ids.site(site), ids.group(group), growing ? 1 : 0];
}
