import { type InventoryTables, NO_ROW } from '@dynamo/core';
import type { SiteHolding } from './detox-notes.ts';

export interface SuspicionOptions {
  /** A site that has lost more than this part of its block replicas since is suspicious; null: never. */
  readonly replicasLost: number | null;
  /** A site whose bytes have changed by more than this part of its quota since is suspicious; null: never. */
  readonly occupancyJump: number | null;
}

/** A site with fewer block replicas may change as it likes: a test, or one that is being set up. */
const FEWEST_REPLICAS = 10;

/**
 * Sites that have changed since the last cycle as sites do not: by a mistake in the inventory, sooner than by what people
 * do. By name, with the reason. `before` is what a partition held then, once that cycle was carried out.
 */
export function findSuspiciousSites(
  tables: InventoryTables,
  partition: string,
  before: Readonly<Record<string, SiteHolding>>,
  { replicasLost, occupancyJump }: SuspicionOptions,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const partitionRow = tables.partitions.find(partition);
  if (partitionRow === NO_ROW || Object.keys(before).length === 0) return found;
  const replicas = replicasIn(tables, partitionRow);
  for (const [site, then] of Object.entries(before)) {
    const row = tables.sites.find(site);
    if (row === NO_ROW || then.replicas < FEWEST_REPLICAS) continue;
    const now = replicas[row] as number;
    if (replicasLost !== null && now < then.replicas * (1 - replicasLost)) {
      found.set(site, `it has ${now} block replicas, and had ${then.replicas} after the last cycle`);
      continue;
    }
    const quota = tables.sitePartitions.quota(row, partitionRow) ?? 0;
    const change = Math.abs(tables.sitePartitions.physical(row, partitionRow) - then.bytes);
    if (occupancyJump !== null && quota > 0 && change > occupancyJump * quota) {
      const part = Math.round((change / quota) * 100);
      found.set(site, `what it holds has changed by ${part} % of its quota since the last cycle`);
    }
  }
  return found;
}

function replicasIn({ blockReplicas, sites }: InventoryTables, partitionRow: number): Float64Array {
  const counts = new Float64Array(sites.rows);
  for (let row = 0; row < blockReplicas.rows; row++) {
    if (!blockReplicas.isLive(row) || !blockReplicas.isIn(row, partitionRow)) continue;
    const site = blockReplicas.site.get(row);
    counts[site] = (counts[site] as number) + 1;
  }
  return counts;
}
