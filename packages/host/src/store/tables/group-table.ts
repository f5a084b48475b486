import type { GroupRecord } from '@dynamo/core';
import { insertRows, type RowShape, type Session } from '../bulk.ts';
import type { EntityTable } from './entity-table.ts';
import { expectRows } from './expect-rows.ts';

const shape: RowShape<'owner_groups'> = { table: 'owner_groups', columns: ['id', 'name', 'level'] };

export const groupTable: EntityTable<'group'> = {
  async add(context, records) {
    const rows = records.map(({ name, level }) => [context.ids.allocate(), name, level] as const);
    await insertRows(context, shape, rows);
    for (const [id, name] of rows) context.ids.addSmall('owner_groups', name, id);
  },

  async update({ db }, updates) {
    for (const { after } of updates) {
      await db.updateTable('owner_groups').set({ level: after.level }).where('name', '=', after.name).execute();
    }
  },

  async remove({ db }, records) {
    const names = records.map(({ name }) => name);
    expectRows('owner_groups', names.length, await db.deleteFrom('owner_groups').where('name', 'in', names).execute());
  },
};

export async function readGroups({ db }: Session): Promise<ReadonlyMap<number, GroupRecord>> {
  const rows = await db.selectFrom('owner_groups').selectAll().orderBy('id').execute();
  return new Map(rows.map(({ id, name, level }) => [id, { name, level } as GroupRecord]));
}
