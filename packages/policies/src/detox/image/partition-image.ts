/**
 * What a run sees: the block replicas of one partition at the target sites, as dense arrays in evaluation order, with the
 * counts that conditions ask for kept true while the run deletes.
 *
 * Datasets are in byte order of their names, dataset replicas in (dataset, site) order, block replicas grouped by dataset
 * replica. Numbers that are called `replica` count dataset replicas, `copy` block replicas, `block` blocks.
 */
import type { InventoryTables, SiteRecord } from '@dynamo/core';

/** Of a block replica. Out of the image once neither is set. */
const COPY = { live: 1, complete: 2 } as const;

export interface ImageArrays {
  readonly tables: InventoryTables;
  /** In byte order of their names. */
  readonly sites: readonly SiteRecord[];
  readonly siteRow: Uint32Array;
  readonly datasetName: readonly string[];
  readonly datasetRow: Uint32Array;
  /** Replicas and blocks of dataset `d`: from `[d]` up to `[d + 1]`. */
  readonly firstReplica: Uint32Array;
  readonly firstBlock: Uint32Array;
  readonly replicaDataset: Uint32Array;
  readonly replicaSite: Uint16Array;
  /** Copies of replica `r`: from `[r]` up to `[r + 1]`; none for the empty ones on tape. */
  readonly firstCopy: Uint32Array;
  readonly copyRow: Uint32Array;
  readonly copyBlock: Uint32Array;
  readonly blockRow: Uint32Array;
}

export class PartitionImage {
  readonly arrays: ImageArrays;
  readonly datasets: number;
  readonly replicas: number;
  readonly copies: number;
  /** Bits of COPY. */
  readonly copyFlags: Uint8Array;
  /** Rows of groups; 0 is the null group. Changes with hand-overs. */
  readonly copyGroup: Uint16Array;
  /** Of each dataset, all its blocks in the inventory. */
  readonly datasetBlocks: Uint32Array;
  /** Of each replica: its copies in the image, how many of them are incomplete, and their bytes. */
  readonly liveCopies: Uint32Array;
  readonly incompleteCopies: Uint32Array;
  readonly replicaBytes: Float64Array;
  /** 1 while an empty replica on tape is in the image. */
  readonly emptyReplica: Uint8Array;
  /** Of each block, its copies in the image: complete, incomplete, complete on tape, complete on ready disk. */
  readonly completeOf: Uint16Array;
  readonly incompleteOf: Uint16Array;
  readonly tapeOf: Uint16Array;
  readonly readyDiskOf: Uint16Array;
  readonly isTape: Uint8Array;
  readonly isReadyDisk: Uint8Array;
  /** Ready, disk or tape. */
  readonly isReady: Uint8Array;
  /** Bit sets of owners by replica, `ownerWords` words each; the null group is no owner. */
  readonly owners: Uint32Array;
  readonly ownerWords: number;

  constructor(arrays: ImageArrays) {
    this.arrays = arrays;
    const { tables, sites } = arrays;
    this.datasets = arrays.datasetRow.length;
    this.replicas = arrays.replicaDataset.length;
    this.copies = arrays.copyRow.length;
    const blocks = arrays.blockRow.length;
    this.copyFlags = new Uint8Array(this.copies);
    this.copyGroup = new Uint16Array(this.copies);
    this.datasetBlocks = new Uint32Array(this.datasets);
    this.liveCopies = new Uint32Array(this.replicas);
    this.incompleteCopies = new Uint32Array(this.replicas);
    this.replicaBytes = new Float64Array(this.replicas);
    this.emptyReplica = new Uint8Array(this.replicas);
    this.completeOf = new Uint16Array(blocks);
    this.incompleteOf = new Uint16Array(blocks);
    this.tapeOf = new Uint16Array(blocks);
    this.readyDiskOf = new Uint16Array(blocks);
    this.isTape = Uint8Array.from(sites, ({ storage }) => (storage === 'mss' ? 1 : 0));
    this.isReadyDisk = Uint8Array.from(sites, ({ storage, status }) =>
      storage === 'disk' && status === 'ready' ? 1 : 0,
    );
    this.isReady = Uint8Array.from(sites, ({ storage, status }) =>
      (storage === 'disk' || storage === 'mss') && status === 'ready' ? 1 : 0,
    );
    this.ownerWords = Math.max(1, Math.ceil(tables.groups.rows / 32));
    this.owners = new Uint32Array(this.replicas * this.ownerWords);
  }

  copyBytes(copy: number): number {
    const { tables, copyRow } = this.arrays;
    return tables.blockReplicas.size(copyRow[copy] as number);
  }

  isLive(copy: number): boolean {
    return ((this.copyFlags[copy] as number) & COPY.live) !== 0;
  }

  isComplete(copy: number): boolean {
    return ((this.copyFlags[copy] as number) & COPY.complete) !== 0;
  }

  /** Whether there is still a dataset replica: some copy of it, or the empty one on tape. */
  isPresent(replica: number): boolean {
    return this.liveCopies[replica] !== 0 || this.emptyReplica[replica] !== 0;
  }

  /** Has every block of the dataset, all complete. */
  isFull(replica: number): boolean {
    const live = this.liveCopies[replica] as number;
    const dataset = this.arrays.replicaDataset[replica] as number;
    return live !== 0 && live === this.datasetBlocks[dataset] && this.incompleteCopies[replica] === 0;
  }

  /** Counts a copy that is new in the image. Owners are counted by `recountOwners`. */
  admit(copy: number, replica: number, group: number, isComplete: boolean): void {
    this.copyFlags[copy] = COPY.live | (isComplete ? COPY.complete : 0);
    this.copyGroup[copy] = group;
    this.#count(copy, replica, 1);
  }

  /** The copy leaves the image: deleted, or handed over out of the partition. */
  remove(copy: number, replica: number): void {
    this.#count(copy, replica, -1);
    this.copyFlags[copy] = (this.copyFlags[copy] as number) & ~COPY.live;
    this.recountOwners(replica);
  }

  changeOwner(copy: number, replica: number, group: number): void {
    this.copyGroup[copy] = group;
    this.recountOwners(replica);
  }

  recountOwners(replica: number): void {
    const { firstCopy } = this.arrays;
    const base = replica * this.ownerWords;
    for (let word = 0; word < this.ownerWords; word++) this.owners[base + word] = 0;
    const end = firstCopy[replica + 1] as number;
    for (let copy = firstCopy[replica] as number; copy < end; copy++) {
      if (this.isLive(copy)) this.addOwner(this.owners, base, this.copyGroup[copy] as number);
    }
  }

  /** Adds a group to the set that begins at `base`. */
  addOwner(sets: Uint32Array, base: number, group: number): void {
    if (group === 0) return;
    const word = base + (group >>> 5);
    sets[word] = (sets[word] as number) | (1 << (group & 31));
  }

  /** Whether the replica has an owner of the set at the beginning of `set`. */
  sharesOwner(replica: number, set: Uint32Array): boolean {
    const base = replica * this.ownerWords;
    for (let word = 0; word < this.ownerWords; word++) {
      if (((this.owners[base + word] as number) & (set[word] as number)) !== 0) return true;
    }
    return false;
  }

  #count(copy: number, replica: number, sign: 1 | -1): void {
    const block = this.arrays.copyBlock[copy] as number;
    const site = this.arrays.replicaSite[replica] as number;
    this.liveCopies[replica] = (this.liveCopies[replica] as number) + sign;
    this.replicaBytes[replica] = (this.replicaBytes[replica] as number) + sign * this.copyBytes(copy);
    if (!this.isComplete(copy)) {
      this.incompleteCopies[replica] = (this.incompleteCopies[replica] as number) + sign;
      this.incompleteOf[block] = (this.incompleteOf[block] as number) + sign;
      return;
    }
    this.completeOf[block] = (this.completeOf[block] as number) + sign;
    if (this.isTape[site] === 1) this.tapeOf[block] = (this.tapeOf[block] as number) + sign;
    if (this.isReadyDisk[site] === 1) this.readyDiskOf[block] = (this.readyDiskOf[block] as number) + sign;
  }
}
