import type { FileId } from '@dynamo/core';
import { chunksOf, insertRows, type RowShape } from '../bulk.ts';
import type { WriteContext } from './entity-table.ts';
import { groupBySite, type ReplicaKeyRow } from './remove-by-site.ts';

/** The files that are listed for a partial replica (those present, or those missing), before and after. */
export interface ContentsUpdate extends ReplicaKeyRow {
  readonly before: readonly FileId[];
  readonly after: readonly FileId[];
}

const shape: RowShape<'partial_files'> = { table: 'partial_files', columns: ['block_id', 'site_id', 'file_id'] };

/** Writes the differences only: a replica of ten thousand files gets them one batch of completions at a time. */
export async function updatePartialFiles(context: WriteContext, updates: readonly ContentsUpdate[]): Promise<void> {
  const gone: (ReplicaKeyRow & { readonly file: number })[] = [];
  const coming: (readonly [number, number, number])[] = [];
  for (const { id, site, before, after } of updates) {
    const [old, young] = [new Set(before), new Set(after)];
    for (const file of before) if (!young.has(file)) gone.push({ id, site, file });
    for (const file of after) if (!old.has(file)) coming.push([id, site, file]);
  }
  for (const [site, ofSite] of groupBySite(gone)) {
    for (const chunk of chunksOf(ofSite)) {
      // A file belongs to one block, so that the two lists name no more than the pairs.
      await context.db
        .deleteFrom('partial_files')
        .where('site_id', '=', site)
        .where('block_id', 'in', [...new Set(chunk.map(({ id }) => id))])
        .where(
          'file_id',
          'in',
          chunk.map(({ file }) => file),
        )
        .execute();
    }
  }
  await insertRows(context, shape, coming);
}
