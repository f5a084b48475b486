import type { BlockReplicaKey } from '../model/records.ts';
import { type InventoryTables, NO_ROW } from './tables.ts';

/** The row of a block replica by its names, or NO_ROW. */
export function findBlockReplica(tables: InventoryTables, { dataset, block, site }: BlockReplicaKey): number {
  const datasetRow = tables.datasets.find(dataset);
  const blockRow = datasetRow === NO_ROW ? NO_ROW : tables.blocks.find(datasetRow, block);
  const siteRow = tables.sites.find(site);
  return blockRow === NO_ROW || siteRow === NO_ROW ? NO_ROW : tables.blockReplicas.find(blockRow, siteRow);
}
