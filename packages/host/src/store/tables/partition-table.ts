import type { PartitionRecord } from '@dynamo/core';
import { insertRows, type RowShape, type Session } from '../bulk.ts';
import type { EntityTable } from './entity-table.ts';
import { expectRows } from './expect-rows.ts';

const shape: RowShape<'partitions'> = { table: 'partitions', columns: ['id', 'name', 'condition_text', 'parts'] };

export const partitionTable: EntityTable<'partition'> = {
  async add(context, records) {
    const rows = records.map((partition) => {
      const { condition_text, parts } = columnsOf(partition);
      return [context.ids.allocate(), partition.name, condition_text, parts] as const;
    });
    await insertRows(context, shape, rows);
    for (const [id, name] of rows) context.ids.addSmall('partitions', name, id);
  },

  async update({ db }, updates) {
    for (const { after } of updates) {
      await db.updateTable('partitions').set(columnsOf(after)).where('name', '=', after.name).execute();
    }
  },

  async remove({ db }, records) {
    const names = records.map(({ name }) => name);
    expectRows('partitions', names.length, await db.deleteFrom('partitions').where('name', 'in', names).execute());
  },
};

/** Conditions before unions. */
export async function readPartitions({ db }: Session): Promise<ReadonlyMap<number, PartitionRecord>> {
  const rows = await db.selectFrom('partitions').selectAll().orderBy('id').execute();
  const [conditions, unions] = [rows.filter(({ parts }) => parts === null), rows.filter(({ parts }) => parts !== null)];
  return new Map(
    [...conditions, ...unions].map(({ id, name, condition_text, parts }) => [
      id,
      (parts === null ? { name, condition: condition_text } : { name, parts: JSON.parse(parts) }) as PartitionRecord,
    ]),
  );
}

function columnsOf(partition: PartitionRecord): { condition_text: string | null; parts: string | null } {
  return 'parts' in partition
    ? { condition_text: null, parts: JSON.stringify(partition.parts) }
    : { condition_text: partition.condition, parts: null };
}
