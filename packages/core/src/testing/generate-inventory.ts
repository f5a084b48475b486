/**
 * A seeded inventory like that of CMS, of any size: sites, groups, partitions and quotas, datasets of very different
 * sizes with their blocks, replicas on disk and tape. The same options give the same records for ever.
 */
import { assert } from '../errors/assert.ts';
import type { InventoryRecord } from '../model/records.ts';
import { CmsInventory } from './cms-inventory.ts';

export interface GeneratorOptions {
  readonly seed: string | number;
  /** Exactly as many. */
  readonly blockReplicas: number;
  readonly sites?: number;
  /** On average; half of the datasets have less than four. */
  readonly blocksPerDataset?: number;
  /** On disk, on average. */
  readonly replicasPerDataset?: number;
  /** Seconds since 1970 up to which things have happened. */
  readonly now?: number;
  /** With a record for every file; partial replicas then say which files they have. */
  readonly files?: boolean;
}

/** The time of a generated inventory unless the options say otherwise: 2026-01-01. */
export const GENERATOR_NOW = 1_767_225_600;

const BATCH_RECORDS = 2048;

/** Records in batches, each after those it refers to, dataset by dataset; quotas and locks, which need sums, are last. */
export function* generateInventory(options: GeneratorOptions): Generator<readonly InventoryRecord[]> {
  const { seed, blockReplicas, now = GENERATOR_NOW, files = false } = options;
  const { sites = 63, blocksPerDataset = 9.8, replicasPerDataset = 2 } = options;
  assert(Number.isSafeInteger(blockReplicas) && blockReplicas >= 0, 'blockReplicas is a whole number');
  assert(Number.isInteger(sites) && sites >= 20, 'there are at least 20 sites');
  assert(blocksPerDataset >= 1 && replicasPerDataset >= 1, 'a dataset has a block and a replica on average');
  const inventory = new CmsInventory({ seed, sites, blocksPerDataset, replicasPerDataset, now, files });
  inventory.begin();
  while (inventory.blockReplicas < blockReplicas) {
    inventory.addDataset(blockReplicas - inventory.blockReplicas);
    if (inventory.waiting >= BATCH_RECORDS) yield inventory.take();
  }
  inventory.end();
  yield inventory.take();
}
