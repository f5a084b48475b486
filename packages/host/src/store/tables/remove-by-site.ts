import { chunksOf } from '../bulk.ts';
import type { WriteContext } from './entity-table.ts';
import { expectRows } from './expect-rows.ts';

/** The row of a dataset or block, and the row of a site. */
export interface ReplicaKeyRow {
  readonly id: number;
  readonly site: number;
}

export function groupBySite<K extends ReplicaKeyRow>(rows: readonly K[]): ReadonlyMap<number, readonly K[]> {
  const bySite = new Map<number, K[]>();
  for (const row of rows) {
    const ofSite = bySite.get(row.site);
    if (ofSite === undefined) bySite.set(row.site, [row]);
    else ofSite.push(row);
  }
  return bySite;
}

/** A list of pairs is spelt differently in each dialect; lists of one site's rows are not. */
export async function removeBySite(
  { db }: WriteContext,
  table: 'dataset_replicas' | 'block_replicas',
  rows: readonly ReplicaKeyRow[],
): Promise<void> {
  for (const [site, ofSite] of groupBySite(rows)) {
    for (const chunk of chunksOf(ofSite.map(({ id }) => id))) {
      const gone =
        table === 'dataset_replicas'
          ? db.deleteFrom('dataset_replicas').where('site_id', '=', site).where('dataset_id', 'in', chunk)
          : db.deleteFrom('block_replicas').where('site_id', '=', site).where('block_id', 'in', chunk);
      expectRows(table, chunk.length, await gone.execute());
    }
  }
}
