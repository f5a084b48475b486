/**
 * A seeded inventory like that of CMS, of any size: sites, groups, partitions and quotas, datasets of very different
 * sizes with their blocks, replicas on disk and tape. The same options give the same records for ever.
 */
import { createRandomSource, type RandomSource } from '../clock/random-source.ts';
import { assert } from '../errors/assert.ts';
import type { BlockName, GroupName, Lfn } from '../model/names.ts';
import type {
  BlockRecord,
  BlockReplicaRecord,
  DatasetRecord,
  DatasetReplicaRecord,
  FileId,
  FileRecord,
  InventoryRecord,
  LockRecord,
  Partial,
  SiteRecord,
} from '../model/records.ts';
import { type CmsDataset, cmsDataset } from './cms-dataset.ts';
import { CMS_GROUPS, CMS_PARTITIONS, QUOTA_PARTITIONS, TAPE_PARTITION } from './cms-partitions.ts';
import { cmsSites, EXPRESS_SITE } from './cms-sites.ts';

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

/** The time of the generated inventory unless the options say otherwise: 2026-01-01. */
export const GENERATOR_NOW = 1_767_225_600;

const BATCH_RECORDS = 2048;
const MAX_BLOCKS_PER_DATASET = 5000;
const SPREAD_OF_BLOCKS = 1.5;
const DATASETS_PER_LOCK = 300;

/** Records in batches, each after those it refers to, dataset by dataset; quotas and locks, which need sums, are last. */
export function* generateInventory(options: GeneratorOptions): Generator<readonly InventoryRecord[]> {
  const { blockReplicas, sites = 63 } = options;
  assert(Number.isSafeInteger(blockReplicas) && blockReplicas >= 0, 'blockReplicas is a whole number');
  assert(sites >= 3, 'there are at least the first tier 0 disk and tape, and a tier 1');
  const generator = new InventoryGenerator(options);
  yield generator.begin();
  while (generator.isWanting) {
    generator.addDataset();
    if (generator.waiting >= BATCH_RECORDS) yield generator.take();
  }
  generator.end();
  yield generator.take();
}
