/** What `generateInventory` is made of: one dataset after the other, with all that hangs on it. */
import { createRandomSource, type RandomSource } from '../clock/random-source.ts';
import type { BlockName, GroupName, Lfn } from '../model/names.ts';
import type {
  BlockRecord,
  DatasetRecord,
  FileId,
  InventoryRecord,
  LockRecord,
  Partial,
  SiteRecord,
} from '../model/records.ts';
import { type CmsDataset, cmsDataset } from './cms-dataset.ts';
import { CMS_GROUPS, CMS_PARTITIONS, QUOTA_PARTITIONS, TAPE_PARTITION } from './cms-partitions.ts';
import { cmsSites, EXPRESS_SITE } from './cms-sites.ts';
import { UuidSource } from './uuid-source.ts';

export interface CmsInventoryOptions {
  readonly seed: string | number;
  readonly sites: number;
  readonly blocksPerDataset: number;
  readonly replicasPerDataset: number;
  readonly now: number;
  readonly files: boolean;
}

interface GeneratedBlock {
  readonly record: BlockRecord;
  /** Of its first file; the others follow. */
  readonly firstFile: FileId;
  /** Empty without file records. */
  readonly fileSizes: readonly number[];
}

/** Of the logarithm of the number of blocks: the largest dataset of a hundred has some 130. */
const SPREAD_OF_BLOCKS = 1.5;
const MAX_BLOCKS_PER_DATASET = 5000;
const MAX_FILES_PER_BLOCK = 50;
const DATASETS_PER_LOCK = 300;
const LOCK_SECONDS = 30 * 86_400;
const TAPE_TIERS = /\/(RAW|RECO|AOD|AODSIM|GEN-SIM|MINIAOD|MINIAODSIM|LHE|RAW-RECO)$/;

export class CmsInventory {
  readonly #options: CmsInventoryOptions;
  readonly #random: RandomSource;
  readonly #fileRandom: RandomSource;
  readonly #uuids: UuidSource;
  readonly #sites: readonly SiteRecord[];
  readonly #disks: readonly SiteRecord[];
  readonly #tapes: readonly SiteRecord[];
  /** Bytes by site and group. */
  readonly #usage = new Map<string, number>();
  readonly #locks: LockRecord[] = [];
  #records: InventoryRecord[] = [];
  #datasets = 0;
  #blockReplicas = 0;
  #nextFile = 1;

  constructor(options: CmsInventoryOptions) {
    this.#options = options;
    const random = createRandomSource(options.seed);
    this.#random = random.split('datasets');
    this.#fileRandom = random.split('files');
    this.#uuids = new UuidSource(random.split('uuids'));
    this.#sites = cmsSites(options.sites);
    this.#disks = this.#sites.filter(({ storage }) => storage === 'disk');
    this.#tapes = this.#sites.filter(({ storage }) => storage === 'mss');
  }

  get blockReplicas(): number {
    return this.#blockReplicas;
  }

  get waiting(): number {
    return this.#records.length;
  }

  take(): readonly InventoryRecord[] {
    const taken = this.#records;
    this.#records = [];
    return taken;
  }

  begin(): void {
    for (const record of CMS_GROUPS) this.#records.push({ entity: 'group', record });
    for (const record of this.#sites) this.#records.push({ entity: 'site', record });
    for (const record of CMS_PARTITIONS) this.#records.push({ entity: 'partition', record });
  }

  /** A dataset with at most so many block replicas. */
  addDataset(mostReplicas: number): void {
    const random = this.#random;
    const dataset = cmsDataset(random, this.#datasets, this.#options.now);
    this.#datasets += 1;
    this.#records.push({ entity: 'dataset', record: dataset.record });
    const blocks = Array.from({ length: this.#numberOfBlocks() }, () => this.#addBlock(dataset.record));
    let left = mostReplicas;
    const disks = this.#chooseDisks(dataset);
    for (const site of disks) left -= this.#addReplica(dataset, blocks, site, this.#groupAt(dataset, site), left);
    const isOnTape = random.nextFloat() < 0.75 && TAPE_TIERS.test(dataset.record.name);
    const tape = this.#tapes[random.nextInt(this.#tapes.length)];
    if (isOnTape && tape !== undefined) this.#addReplica(dataset, blocks, tape, 'DataOps', left);
    if (this.#datasets % DATASETS_PER_LOCK === 1) this.#lock(dataset.record, blocks, disks[0]);
  }

  /** Quotas that make a part of the sites fuller than 90 %, and the locks. */
  end(): void {
    const random = this.#random.split('quotas');
    for (const site of this.#sites) {
      if (site.storage === 'mss') {
        this.#records.push({ entity: 'quota', record: { site: site.name, partition: TAPE_PARTITION, bytes: -1 } });
        continue;
      }
      for (const [group, partition] of QUOTA_PARTITIONS) {
        const occupancy = 0.8 + 0.25 * random.nextFloat();
        const bytes = Math.round((this.#usage.get(`${site.name}\t${group}`) ?? 0) / occupancy);
        this.#records.push({ entity: 'quota', record: { site: site.name, partition, bytes } });
      }
    }
    for (const record of this.#locks) this.#records.push({ entity: 'lock', record });
  }

  /** Log-normal: most datasets are small, most blocks are in large ones. */
  #numberOfBlocks(): number {
    const [u, v] = [1 - this.#random.nextFloat(), this.#random.nextFloat()];
    const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
    // Rounding up adds about a half.
    const mean = Math.max(0.6, this.#options.blocksPerDataset - 0.5);
    const blocks = Math.ceil(mean * Math.exp(SPREAD_OF_BLOCKS * normal - SPREAD_OF_BLOCKS ** 2 / 2));
    return Math.min(MAX_BLOCKS_PER_DATASET, blocks);
  }

  #addBlock(dataset: DatasetRecord): GeneratedBlock {
    const random = this.#random;
    const name = this.#uuids.next() as BlockName;
    const files = 1 + random.nextInt(MAX_FILES_PER_BLOCK);
    const size = files * (200_000_000 + random.nextInt(4_000_000_000));
    const fileSizes = this.#options.files ? this.#split(size, files) : [];
    const record = { dataset: dataset.name, name, size, files, isOpen: dataset.isOpen, lastUpdate: dataset.lastUpdate };
    this.#records.push({ entity: 'block', record });
    const block = { record, firstFile: this.#nextFile as FileId, fileSizes };
    for (const [index, bytes] of fileSizes.entries()) this.#addFile(record, index, bytes);
    return block;
  }

  /** So many sizes with that sum, each within a tenth of the mean but for the last. */
  #split(size: number, files: number): readonly number[] {
    const mean = Math.floor(size / files);
    const spread = Math.floor(mean / 10);
    const sizes = Array.from({ length: files - 1 }, () => mean - this.#fileRandom.nextInt(spread));
    sizes.push(size - sizes.reduce((sum, bytes) => sum + bytes, 0));
    return sizes;
  }

  #addFile({ dataset, name }: BlockRecord, index: number, size: number): void {
    const [, primary, era, tier] = dataset.split('/');
    const number = String(index).padStart(4, '0');
    const record = {
      id: this.#nextFile as FileId,
      dataset,
      block: name,
      lfn: `/store/${era}/${primary}/${tier}/${name}-${number}.root` as Lfn,
      size,
      checksums: { adler32: this.#fileRandom.nextUint32().toString(16).padStart(8, '0') },
    };
    this.#nextFile += 1;
    this.#records.push({ entity: 'file', record });
  }

  /** A geometric number of sites, all different. */
  #chooseDisks({ family }: CmsDataset): readonly SiteRecord[] {
    const express = this.#disks.find(({ name }) => name === EXPRESS_SITE);
    if (family === 'express' && express !== undefined) return [express];
    const more = 1 - 1 / this.#options.replicasPerDataset;
    const chosen = new Set<SiteRecord>();
    do chosen.add(this.#disks[this.#random.nextInt(this.#disks.length)] as SiteRecord);
    while (chosen.size < this.#disks.length / 2 && this.#random.nextFloat() < more);
    return [...chosen];
  }

  #groupAt({ family }: CmsDataset, site: SiteRecord): string | null {
    if (family === 'relval') return 'RelVal';
    if (family === 'express') return 'express';
    const x = this.#random.nextFloat();
    if (site.name === EXPRESS_SITE && x < 0.1) return x < 0.05 ? 'caf-comm' : 'caf-alca';
    if (x < 0.7) return 'AnalysisOps';
    return x < 0.9 ? 'DataOps' : null;
  }

  /** The number of block replicas added. */
  #addReplica(
    dataset: CmsDataset,
    blocks: readonly GeneratedBlock[],
    site: SiteRecord,
    group: string | null,
    mostReplicas: number,
  ): number {
    const random = this.#random;
    const isTape = site.storage === 'mss';
    const growing = !isTape && group !== null && group !== 'DataOps' && random.nextFloat() < 0.85;
    this.#records.push({
      entity: 'datasetReplica',
      record: { dataset: dataset.record.name, site: site.name, group: group as GroupName | null, growing },
    });
    const isEmpty = random.nextFloat() < 0.005;
    const share = isEmpty ? 0 : random.nextFloat() < 0.92 ? 1 : random.nextFloat();
    const partialShare = isTape || random.nextFloat() < 0.94 ? 0 : 0.5;
    const ofDataOps = group === 'AnalysisOps' && random.nextFloat() < 0.07 ? 0.3 : 0;
    const custodial = isTape && random.nextFloat() < 0.6;
    const lastUpdate = this.#timeAfter(dataset.record.lastUpdate);
    let added = 0;
    for (const block of blocks) {
      if (added >= mostReplicas) break;
      if (share < 1 && random.nextFloat() >= share) continue;
      const owner = ofDataOps > 0 && random.nextFloat() < ofDataOps ? 'DataOps' : group;
      const partial = partialShare > 0 && random.nextFloat() < partialShare ? this.#partialOf(block) : null;
      this.#addBlockReplica(block.record, site, owner, custodial, lastUpdate, partial);
      added += 1;
    }
    return added;
  }

  #addBlockReplica(
    block: BlockRecord,
    site: SiteRecord,
    group: string | null,
    custodial: boolean,
    lastUpdate: number,
    partial: Partial | null,
  ): void {
    const record = {
      dataset: block.dataset,
      block: block.name,
      site: site.name,
      group: group as GroupName | null,
      custodial,
      lastUpdate,
      operation: 'none',
      partial,
    } as const;
    this.#blockReplicas += 1;
    const key = `${site.name}\t${group}`;
    this.#usage.set(key, (this.#usage.get(key) ?? 0) + (partial?.size ?? block.size));
    this.#records.push({ entity: 'blockReplica', record });
  }

  /** The first files of the block, but not all. */
  #partialOf({ record, firstFile, fileSizes }: GeneratedBlock): Partial {
    const files = this.#random.nextInt(record.files);
    if (!this.#options.files) {
      return { size: Math.floor((record.size / record.files) * files), files, contents: { kind: 'unknown' } };
    }
    const ids = Array.from({ length: files }, (_, index) => (firstFile + index) as FileId);
    const size = fileSizes.slice(0, files).reduce((sum, bytes) => sum + bytes, 0);
    return { size, files, contents: { kind: 'present', ids } };
  }

  /** A third of what arrives does so in the last days. */
  #timeAfter(time: number): number {
    const { now } = this.#options;
    const age = this.#random.nextFloat() < 0.3 ? Math.min(now - time, 2 * 86_400) : now - time;
    return now - Math.floor(this.#random.nextFloat() * age);
  }

  #lock(dataset: DatasetRecord, blocks: readonly GeneratedBlock[], site: SiteRecord | undefined): void {
    const isLasting = this.#random.nextFloat() < 0.5;
    this.#locks.push({
      id: this.#locks.length + 1,
      dataset: dataset.name,
      site: site?.name ?? null,
      group: null,
      block: this.#random.nextFloat() < 0.5 ? (blocks[0]?.record.name ?? null) : null,
      expires: isLasting ? null : this.#options.now + LOCK_SECONDS,
      owner: null,
      comment: null,
    });
  }
}
