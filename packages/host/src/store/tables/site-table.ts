import type { SiteRecord } from '@dynamo/core';
import { insertRows, type RowShape, type Session } from '../bulk.ts';
import type { SiteTable } from '../database.ts';
import type { EntityTable } from './entity-table.ts';
import { expectRows } from './expect-rows.ts';

const shape: RowShape<'sites'> = {
  table: 'sites',
  columns: ['id', 'name', 'host', 'storage', 'status', 'backend', 'verified', 'pfn_mapping', 'lfn_mapping'],
};

export const siteTable: EntityTable<'site'> = {
  async add(context, records) {
    const rows = records.map((site) => {
      const { host, storage, status, backend, verified, pfn_mapping, lfn_mapping } = columnsOf(site);
      return [
        context.ids.allocate(),
        site.name,
        host,
        storage,
        status,
        backend,
        verified,
        pfn_mapping,
        lfn_mapping,
      ] as const;
    });
    await insertRows(context, shape, rows);
    for (const [id, name] of rows) context.ids.addSmall('sites', name, id);
  },

  async update({ db }, updates) {
    for (const { after } of updates) {
      await db.updateTable('sites').set(columnsOf(after)).where('name', '=', after.name).execute();
    }
  },

  async remove({ db }, records) {
    const names = records.map(({ name }) => name);
    expectRows('sites', names.length, await db.deleteFrom('sites').where('name', 'in', names).execute());
  },
};

export async function readSites({ db }: Session): Promise<ReadonlyMap<number, SiteRecord>> {
  const rows = await db.selectFrom('sites').selectAll().orderBy('id').execute();
  return new Map(rows.map((row) => [row.id, recordOf(row)]));
}

function columnsOf({ host, storage, status, backend, verified, pfn, lfn }: SiteRecord): Omit<SiteTable, 'id' | 'name'> {
  const mappings = { pfn_mapping: JSON.stringify(pfn), lfn_mapping: JSON.stringify(lfn) };
  return { host, storage, status, backend, verified: verified ? 1 : 0, ...mappings };
}

function recordOf({ id: _, verified, pfn_mapping, lfn_mapping, ...columns }: SiteTable): SiteRecord {
  return {
    ...columns,
    verified: verified === 1,
    pfn: JSON.parse(pfn_mapping),
    lfn: JSON.parse(lfn_mapping),
  } as SiteRecord;
}
