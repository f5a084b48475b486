import type { AttributeValue, DatasetRecord } from '@dynamo/core';
import { chunksOf, insertRows, type RowShape, type Session, upsertRows } from '../bulk.ts';
import { type DatasetTable, STILL_THERE } from '../database.ts';
import { digestOf } from '../digest.ts';
import { mapInSlices } from '../map-in-slices.ts';
import type { EntityTable, Update, WriteContext } from './entity-table.ts';
import { expectRows } from './expect-rows.ts';

const shape: RowShape<'datasets'> = {
  table: 'datasets',
  columns: [
    'id',
    'digest',
    'name',
    'status',
    'data_type',
    'software_version',
    'last_update',
    'is_open',
    'gone_version',
  ],
};

const attributeShape: RowShape<'dataset_attributes'> = {
  table: 'dataset_attributes',
  columns: ['dataset_id', 'name', 'value'],
};

export const datasetTable: EntityTable<'dataset'> = {
  async add(context, records) {
    const { ids } = context;
    const rows = records.values().map((dataset) => {
      const id = ids.allocate();
      ids.addDataset(dataset.name, id);
      return rowOf(id, dataset);
    });
    await insertRows(context, shape, rows);
    await putAttributes(
      context,
      records.map((after) => ({ before: null, after })),
    );
  },

  async update(context, updates) {
    const rows = updates.values().map(({ after }) => rowOf(context.ids.dataset(after.name), after));
    await upsertRows(context, shape, ['id'], rows);
    await putAttributes(context, updates);
  },

  /** The row stays, with the version at which it went: files of older versions belong to it. */
  async remove({ db, ids, version }, records) {
    const gone = await mapInSlices(records, ({ name }) => ids.dataset(name));
    for (const chunk of chunksOf(gone)) {
      const update = db.updateTable('datasets').set({ gone_version: version }).where('id', 'in', chunk);
      expectRows('datasets', chunk.length, await update.where('gone_version', '=', STILL_THERE).execute());
      await db.deleteFrom('dataset_attributes').where('dataset_id', 'in', chunk).execute();
    }
  },
};

export interface LoadedDataset {
  readonly id: number;
  readonly record: DatasetRecord;
}

/** Up to `limit` of those after row `after`, in the order of their rows. */
export async function readDatasets({ db }: Session, after: number, limit: number): Promise<readonly LoadedDataset[]> {
  const rows = await db
    .selectFrom('datasets')
    .selectAll()
    .where('id', '>', after)
    .where('gone_version', '=', STILL_THERE)
    .orderBy('id')
    .limit(limit)
    .execute();
  const last = rows.at(-1);
  if (last === undefined) return [];
  const attributes = new Map<number, Record<string, AttributeValue>>();
  const values = db.selectFrom('dataset_attributes').selectAll();
  const range = values.where('dataset_id', '>', after).where('dataset_id', '<=', last.id);
  for (const { dataset_id, name, value } of await range.execute()) {
    const ofDataset = attributes.get(dataset_id) ?? {};
    ofDataset[name] = JSON.parse(value) as AttributeValue;
    attributes.set(dataset_id, ofDataset);
  }
  return rows.map((row) => ({ id: row.id, record: recordOf(row, attributes.get(row.id) ?? {}) }));
}

function rowOf(id: number, dataset: DatasetRecord): readonly unknown[] {
  const { name, status, dataType, softwareVersion, lastUpdate, isOpen } = dataset;
  return [id, digestOf(name), name, status, dataType, softwareVersion, lastUpdate, isOpen ? 1 : 0, STILL_THERE];
}

function recordOf(row: DatasetTable, attributes: DatasetRecord['attributes']): DatasetRecord {
  return {
    name: row.name,
    status: row.status,
    dataType: row.data_type,
    softwareVersion: row.software_version,
    lastUpdate: row.last_update,
    isOpen: row.is_open === 1,
    attributes,
  } as DatasetRecord;
}

/** Writes those that differ. */
async function putAttributes(
  context: WriteContext,
  updates: readonly (Update<DatasetRecord> | { readonly before: null; readonly after: DatasetRecord })[],
): Promise<void> {
  const rows: (readonly [number, string, string])[] = [];
  const gone = new Map<string, number[]>();
  for (const { before, after } of updates) {
    const id = context.ids.dataset(after.name);
    const old = before?.attributes ?? {};
    for (const [name, value] of Object.entries(after.attributes)) {
      const text = JSON.stringify(value);
      if (!Object.hasOwn(old, name) || JSON.stringify(old[name]) !== text) rows.push([id, name, text]);
    }
    for (const name of Object.keys(old)) {
      if (Object.hasOwn(after.attributes, name)) continue;
      const ids = gone.get(name);
      if (ids === undefined) gone.set(name, [id]);
      else ids.push(id);
    }
  }
  await upsertRows(context, attributeShape, ['dataset_id', 'name'], rows);
  for (const [name, ids] of gone) {
    for (const chunk of chunksOf(ids)) {
      const removal = context.db.deleteFrom('dataset_attributes').where('name', '=', name);
      await removal.where('dataset_id', 'in', chunk).execute();
    }
  }
}
