import { DynamoError, type FileRecord } from '@dynamo/core';
import { chunksOf, insertRows, type RowShape } from '../bulk.ts';
import { STILL_THERE } from '../database.ts';
import { digestOf } from '../digest.ts';
import type { EntityTable, WriteContext } from './entity-table.ts';
import { expectRows } from './expect-rows.ts';

const shape: RowShape<'files'> = {
  table: 'files',
  columns: ['id', 'came_version', 'gone_version', 'block_id', 'digest', 'lfn', 'size', 'checksums'],
};

/** No row of a file is changed but for the version at which it went; a file that is corrected has a row for each state. */
export const fileTable: EntityTable<'file'> = {
  async add(context, records) {
    const { ids, version } = context;
    const rows = records.values().map(({ id, dataset, block, lfn, size, checksums }) => {
      const text = JSON.stringify(checksums);
      return [id, version, STILL_THERE, ids.block(dataset, block), digestOf(lfn), lfn, size, text];
    });
    try {
      await insertRows(context, shape, rows);
    } catch (error) {
      if (context.differences.faultOf(error) !== 'duplicate') throw error;
      throw await takenLfn(context, records, error);
    }
  },

  async update(context, updates) {
    await fileTable.remove(
      context,
      updates.map(({ before }) => before),
    );
    await fileTable.add(
      context,
      updates.map(({ after }) => after),
    );
  },

  async remove({ db, version }, records) {
    for (const chunk of chunksOf(records.map(({ id }) => id))) {
      const update = db.updateTable('files').set({ gone_version: version }).where('id', 'in', chunk);
      expectRows('files', chunk.length, await update.where('gone_version', '=', STILL_THERE).execute());
    }
  },
};

/** Which of them it was: an LFN that is there already, or that comes twice. */
async function takenLfn({ db }: WriteContext, records: readonly FileRecord[], cause: unknown): Promise<DynamoError> {
  const coming = new Map<string, FileRecord>();
  for (const file of records) {
    if (coming.has(file.lfn)) return conflict(`two files are to have the LFN ${file.lfn}`, file.lfn, cause);
    coming.set(file.lfn, file);
  }
  for (const chunk of chunksOf([...coming.keys()])) {
    const rows = await db
      .selectFrom('files')
      .select(['id', 'lfn', 'came_version'])
      .where('digest', 'in', chunk.map(digestOf))
      .where('gone_version', '=', STILL_THERE)
      .execute();
    // The rows that this transaction has inserted before the one that failed are there as well.
    const taken = rows.find(({ id, lfn }) => coming.has(lfn) && coming.get(lfn)?.id !== id);
    if (taken !== undefined) return conflict(`a file with the LFN ${taken.lfn} exists`, taken.lfn, cause);
  }
  return new DynamoError('conflict', 'a file that is to be added is there already', { cause });
}

function conflict(message: string, lfn: string, cause: unknown): DynamoError {
  return new DynamoError('conflict', message, { data: { lfn }, cause });
}
