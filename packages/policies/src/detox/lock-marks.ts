import type { LockMatcher, LockRecord } from '@dynamo/core';
import type { PartitionImage } from './image/partition-image.ts';

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

/** Which copies are locked. Asked for often, and names are dear to read: what was found is remembered. */
export class LockMarks {
  readonly #image: PartitionImage;
  readonly #locks: LockMatcher;
  readonly #datasets: Uint8Array;
  /** Made when the first lock applies: most runs have few locks, or none. */
  #copies: Uint8Array | undefined;

  constructor(image: PartitionImage, locks: LockMatcher) {
    this.#image = image;
    this.#locks = locks;
    this.#datasets = new Uint8Array(image.datasets);
  }

  isLocked(copy: number, dataset: number): boolean {
    if (this.#datasets[dataset] === NO) return false;
    if (this.#datasets[dataset] === UNKNOWN) {
      const named = this.#locks.names(this.#image.arrays.datasetName[dataset] as string);
      this.#datasets[dataset] = named ? YES : NO;
      if (!named) return false;
    }
    this.#copies ??= new Uint8Array(this.#image.copies);
    if (this.#copies[copy] === UNKNOWN) this.#copies[copy] = this.find(copy, dataset) === undefined ? NO : YES;
    return this.#copies[copy] === YES;
  }

  /** The owner has changed, and a lock may name the owner. */
  forget(copy: number): void {
    if (this.#copies !== undefined) this.#copies[copy] = UNKNOWN;
  }

  find(copy: number, dataset: number): LockRecord | undefined {
    const { tables, copyRow, datasetName } = this.#image.arrays;
    const row = copyRow[copy] as number;
    return this.#locks.find({
      dataset: datasetName[dataset] as string,
      block: tables.blocks.name(tables.blockReplicas.block.get(row)),
      site: tables.sites.get(tables.blockReplicas.site.get(row))?.name ?? '',
      group: tables.groups.get(this.#image.copyGroup[copy] as number)?.name ?? null,
    });
  }
}
