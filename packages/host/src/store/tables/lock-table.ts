import type { LockRecord } from '@dynamo/core';
import { chunksOf, insertRows, type RowShape, type Session, upsertRows } from '../bulk.ts';
import type { EntityTable } from './entity-table.ts';
import { expectRows } from './expect-rows.ts';

const shape: RowShape<'locks'> = {
  table: 'locks',
  columns: ['id', 'dataset_pattern', 'site_pattern', 'group_pattern', 'block', 'expires', 'owner', 'comment'],
};

export const lockTable: EntityTable<'lock'> = {
  async add(context, records) {
    await insertRows(context, shape, records.map(rowOf));
  },

  async update(context, updates) {
    await upsertRows(
      context,
      shape,
      ['id'],
      updates.map(({ after }) => rowOf(after)),
    );
  },

  async remove({ db }, records) {
    for (const chunk of chunksOf(records.map(({ id }) => id))) {
      expectRows('locks', chunk.length, await db.deleteFrom('locks').where('id', 'in', chunk).execute());
    }
  },
};

export async function readLocks({ db }: Session): Promise<readonly LockRecord[]> {
  const rows = await db.selectFrom('locks').selectAll().orderBy('id').execute();
  return rows.map(
    ({ dataset_pattern, site_pattern, group_pattern, ...row }) =>
      ({ ...row, dataset: dataset_pattern, site: site_pattern, group: group_pattern }) as LockRecord,
  );
}

function rowOf({ id, dataset, site, group, block, expires, owner, comment }: LockRecord): readonly unknown[] {
  return [id, dataset, site, group, block, expires, owner, comment];
}
