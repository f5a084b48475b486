import type { PartitionImage } from '../image/partition-image.ts';

/** The dataset replica that goes down the lines, and which of its copies are still under consideration. */
export class WalkState {
  readonly #image: PartitionImage;
  replica = -1;
  dataset = -1;
  site = -1;
  /** The copies under consideration are the first `count`. */
  copies: Uint32Array = new Uint32Array(256);
  count = 0;
  readonly #owners: Uint32Array;
  #ownersOf = -1;

  constructor(image: PartitionImage) {
    this.#image = image;
    this.#owners = new Uint32Array(image.ownerWords);
  }

  /** All its copies in the image are under consideration. */
  begin(replica: number): void {
    const { firstCopy, replicaDataset, replicaSite } = this.#image.arrays;
    this.replica = replica;
    this.dataset = replicaDataset[replica] as number;
    this.site = replicaSite[replica] as number;
    this.count = 0;
    this.#ownersOf = -1;
    const end = firstCopy[replica + 1] as number;
    const start = firstCopy[replica] as number;
    if (this.copies.length < end - start) this.copies = new Uint32Array(2 * (end - start));
    for (let copy = start; copy < end; copy++) {
      if (this.#image.isLive(copy)) {
        this.copies[this.count] = copy;
        this.count += 1;
      }
    }
  }

  /** Nothing of it is hidden. */
  get isWhole(): boolean {
    return this.count === this.#image.liveCopies[this.replica];
  }

  isFull(replica: number): boolean {
    return this.#image.isFull(replica) && (replica !== this.replica || this.isWhole);
  }

  /** Takes those that are `taken`, ascending, out of consideration; the others keep their order. */
  hide(taken: Uint32Array): void {
    let kept = 0;
    let next = 0;
    for (let i = 0; i < this.count; i++) {
      const copy = this.copies[i] as number;
      if (next < taken.length && taken[next] === copy) next += 1;
      else {
        this.copies[kept] = copy;
        kept += 1;
      }
    }
    this.count = kept;
    this.#ownersOf = -1;
  }

  bytes(): number {
    if (this.isWhole) return this.#image.replicaBytes[this.replica] as number;
    let bytes = 0;
    for (let i = 0; i < this.count; i++) bytes += this.#image.copyBytes(this.copies[i] as number);
    return bytes;
  }

  isIncomplete(): boolean {
    if (this.isWhole) {
      return this.#image.incompleteCopies[this.replica] !== 0 || this.#image.emptyReplica[this.replica] !== 0;
    }
    for (let i = 0; i < this.count; i++) if (!this.#image.isComplete(this.copies[i] as number)) return true;
    return false;
  }

  newestUpdate(): number {
    let newest = 0;
    for (let i = 0; i < this.count; i++) newest = Math.max(newest, this.#lastUpdate(i));
    return newest;
  }

  oldestUpdate(): number {
    if (this.count === 0) return 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.count; i++) oldest = Math.min(oldest, this.#lastUpdate(i));
    return oldest;
  }

  /** The set of its owners. */
  owners(): Uint32Array {
    if (this.#ownersOf === this.replica) return this.#owners;
    const { ownerWords, owners, copyGroup } = this.#image;
    if (this.isWhole) {
      for (let word = 0; word < ownerWords; word++) {
        this.#owners[word] = owners[this.replica * ownerWords + word] as number;
      }
    } else {
      this.#owners.fill(0);
      for (let i = 0; i < this.count; i++) {
        this.#image.addOwner(this.#owners, 0, copyGroup[this.copies[i] as number] as number);
      }
    }
    this.#ownersOf = this.replica;
    return this.#owners;
  }

  #lastUpdate(i: number): number {
    const { tables, copyRow } = this.#image.arrays;
    return tables.blockReplicas.lastUpdate.get(copyRow[this.copies[i] as number] as number);
  }
}
