import { GrowingColumn } from './growing-column.ts';

/** The dataset replicas of each site, in the order of the names of their datasets. */
export function replicasBySite(replicaSite: Uint16Array, sites: number): Uint32Array[] {
  const lists = Array.from({ length: sites }, () => new GrowingColumn(64));
  for (const [replica, site] of replicaSite.entries()) lists[site]?.push(replica);
  return lists.map((list) => list.values().slice());
}
