import { ExactSums } from '../columns/exact-sums.ts';
import type { ImageReader, ImageWriter } from '../columns/state-image.ts';

const SITE_STEP = 64;
const PARTITION_STEP = 32;

/** Bytes by site row and partition row, physical and projected, copied as a whole on first write. */
export class SitePartitionSums {
  #sites: number;
  #partitions: number;
  #physical: ExactSums;
  #projected: ExactSums;
  #owned: boolean;

  constructor(base?: SitePartitionSums) {
    this.#sites = base === undefined ? 0 : base.#sites;
    this.#partitions = base === undefined ? 0 : base.#partitions;
    this.#physical = base === undefined ? ExactSums.zeros(0) : base.#physical;
    this.#projected = base === undefined ? ExactSums.zeros(0) : base.#projected;
    this.#owned = base === undefined;
  }

  static read(image: ImageReader): SitePartitionSums {
    const sums = new SitePartitionSums();
    const read = (name: string): ExactSums => {
      const { high, low } = image.value<{ high: number[]; low: number[] }>(name);
      return ExactSums.of(high, low);
    };
    sums.#sites = image.value('sites');
    sums.#partitions = image.value('partitions');
    sums.#physical = read('physical');
    sums.#projected = read('projected');
    return sums;
  }

  write(image: ImageWriter): void {
    image.value('sites', this.#sites);
    image.value('partitions', this.#partitions);
    image.value('physical', this.#physical.limbs());
    image.value('projected', this.#projected.limbs());
  }

  physical(siteRow: number, partitionRow: number): number {
    return this.#has(siteRow, partitionRow) ? this.#physical.get(this.#index(siteRow, partitionRow)) : 0;
  }

  projected(siteRow: number, partitionRow: number): number {
    return this.#has(siteRow, partitionRow) ? this.#projected.get(this.#index(siteRow, partitionRow)) : 0;
  }

  add(siteRow: number, partitionRow: number, physical: number, projected: number): void {
    if (!this.#has(siteRow, partitionRow)) this.#grow(siteRow, partitionRow);
    if (!this.#owned) {
      this.#physical = this.#physical.copy();
      this.#projected = this.#projected.copy();
      this.#owned = true;
    }
    const index = this.#index(siteRow, partitionRow);
    this.#physical.add(index, physical);
    this.#projected.add(index, projected);
  }

  #has(siteRow: number, partitionRow: number): boolean {
    return siteRow < this.#sites && partitionRow < this.#partitions;
  }

  #index(siteRow: number, partitionRow: number): number {
    return siteRow * this.#partitions + partitionRow;
  }

  #grow(siteRow: number, partitionRow: number): void {
    const sites = Math.max(this.#sites, roundUp(siteRow + 1, SITE_STEP));
    const partitions = Math.max(this.#partitions, roundUp(partitionRow + 1, PARTITION_STEP));
    const physical = ExactSums.zeros(sites * partitions);
    const projected = ExactSums.zeros(sites * partitions);
    for (let site = 0; site < this.#sites; site++) {
      for (let partition = 0; partition < this.#partitions; partition++) {
        const from = this.#index(site, partition);
        physical.set(site * partitions + partition, this.#physical, from);
        projected.set(site * partitions + partition, this.#projected, from);
      }
    }
    this.#sites = sites;
    this.#partitions = partitions;
    this.#physical = physical;
    this.#projected = projected;
    this.#owned = true;
  }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
