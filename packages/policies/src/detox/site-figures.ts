import { ExactSums, type InventoryTables } from '@dynamo/core';
import type { PartitionImage } from './image/partition-image.ts';

/** Bytes of the target sites, by their number in the image, exact however they came about. */
export class SiteFigures {
  readonly quotas: readonly (number | null)[];
  /** Before the run. */
  readonly before: readonly number[];
  readonly #used: ExactSums;
  readonly #protected: ExactSums;

  constructor(image: PartitionImage, { sitePartitions }: InventoryTables, partitionRow: number) {
    const { siteRow, replicaSite } = image.arrays;
    this.quotas = Array.from(siteRow, (row) => sitePartitions.quota(row, partitionRow));
    this.#used = ExactSums.zeros(siteRow.length);
    this.#protected = ExactSums.zeros(siteRow.length);
    for (let replica = 0; replica < image.replicas; replica++) {
      this.#used.add(replicaSite[replica] as number, image.replicaBytes[replica] as number);
    }
    this.before = this.quotas.map((_, site) => this.#used.get(site));
  }

  used(site: number): number {
    return this.#used.get(site);
  }

  /** `bytes` may be negative. */
  addUsed(site: number, bytes: number): void {
    this.#used.add(site, bytes);
  }

  addProtected(site: number, bytes: number): void {
    this.#protected.add(site, bytes);
  }

  /** Protected bytes / quota; 1 where the quota is 0, negative, or was never stated. */
  protectedFraction(site: number): number {
    const quota = this.quotas[site] ?? 0;
    return quota <= 0 ? 1 : this.#protected.get(site) / quota;
  }
}
