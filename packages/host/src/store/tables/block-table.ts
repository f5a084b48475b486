import { type BlockRecord, keyOf } from '@dynamo/core';
import { chunksOf, insertRows, type RowShape, type Session, upsertRows } from '../bulk.ts';
import { STILL_THERE } from '../database.ts';
import { digestOf } from '../digest.ts';
import { mapInSlices } from '../map-in-slices.ts';
import { selectArrays } from '../select-arrays.ts';
import type { EntityTable, WriteContext } from './entity-table.ts';
import { expectRows } from './expect-rows.ts';

const shape: RowShape<'blocks'> = {
  table: 'blocks',
  columns: ['id', 'digest', 'dataset_id', 'name', 'size', 'files', 'is_open', 'last_update', 'gone_version'],
};

export const blockTable: EntityTable<'block'> = {
  async add(context, records) {
    const { ids } = context;
    const rows = records.values().map((block) => {
      const id = ids.allocate();
      ids.addBlock(block.dataset, block.name, id);
      return rowOf(context, id, block);
    });
    await insertRows(context, shape, rows);
  },

  async update(context, updates) {
    const { ids } = context;
    const rows = updates.values().map(({ after }) => rowOf(context, ids.block(after.dataset, after.name), after));
    await upsertRows(context, shape, ['id'], rows);
  },

  /** The row stays, with the version at which it went: files of older versions belong to it. */
  async remove({ db, ids, version }, records) {
    const gone = await mapInSlices(records, ({ dataset, name }) => ids.block(dataset, name));
    for (const chunk of chunksOf(gone)) {
      const update = db.updateTable('blocks').set({ gone_version: version }).where('id', 'in', chunk);
      expectRows('blocks', chunk.length, await update.where('gone_version', '=', STILL_THERE).execute());
    }
  },
};

export interface LoadedBlock {
  readonly id: number;
  readonly record: BlockRecord;
}

/** Up to `limit` of those after row `after`, in the order of their rows. */
export async function readBlocks(
  { db }: Session,
  after: number,
  limit: number,
  datasetNames: ReadonlyMap<number, string>,
): Promise<readonly LoadedBlock[]> {
  const query = presentBlocks(db).where('id', '>', after).limit(limit);
  return toLoaded(await selectArrays<LoadedRow>(db, query), datasetNames);
}

/** Of the given rows, ascending. */
export async function readBlocksById(
  { db }: Session,
  ids: readonly number[],
  datasetNames: ReadonlyMap<number, string>,
): Promise<readonly LoadedBlock[]> {
  const found: LoadedBlock[] = [];
  for (const chunk of chunksOf(ids)) {
    const query = presentBlocks(db).where('id', 'in', chunk);
    found.push(...toLoaded(await selectArrays<LoadedRow>(db, query), datasetNames));
  }
  return found;
}

type LoadedRow = [number, number, string, number, number, number, number];

function presentBlocks(db: Session['db']) {
  return db
    .selectFrom('blocks')
    .select(['id', 'dataset_id', 'name', 'size', 'files', 'is_open', 'last_update'])
    .where('gone_version', '=', STILL_THERE)
    .orderBy('id');
}

function toLoaded(rows: readonly LoadedRow[], datasetNames: ReadonlyMap<number, string>): readonly LoadedBlock[] {
  return rows.map(([id, datasetId, name, size, files, isOpen, lastUpdate]) => {
    const dataset = datasetNames.get(datasetId);
    return { id, record: { dataset, name, size, files, isOpen: isOpen === 1, lastUpdate } as BlockRecord };
  });
}

function rowOf({ ids }: WriteContext, id: number, block: BlockRecord): readonly unknown[] {
  const { dataset, name, size, files, isOpen, lastUpdate } = block;
  const digest = digestOf(keyOf('block', block));
  return [id, digest, ids.dataset(dataset), name, size, files, isOpen ? 1 : 0, lastUpdate, STILL_THERE];
}
