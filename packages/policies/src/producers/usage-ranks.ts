import { type InventoryTables, NO_ROW } from '@dynamo/core';
import { dayOf } from './access-day.ts';
import type { DatasetAccesses, Use } from './access-totals.ts';

export interface Ranks {
  /** The higher, the less the dataset is used at the sites that have it. */
  readonly usage: number;
  /** The higher, the less the dataset is asked for. */
  readonly demand: number;
}

const DAY_SECONDS = 86_400;
const GB = 1e9;
const TB = 1e12;

/**
 * Ranks a dataset as IntelROCCS did and the original Dynamo after it: by replica, days since its last access less its
 * accesses for each GB, or where it was never accessed, days since its newest block; less its size in TB; and the mean
 * over the replicas. `demand` is the same of requests, which are at no site. Undefined: it has no replica.
 */
export class RankDatasets {
  readonly #tables: InventoryTables;
  readonly #now: number;
  /** By site row: bytes of the blocks there, and seconds since 1970 of the newest. */
  readonly #bytes: Float64Array;
  readonly #newest: Float64Array;

  constructor(tables: InventoryTables, now: number) {
    this.#tables = tables;
    this.#now = now;
    this.#bytes = new Float64Array(tables.sites.rows);
    this.#newest = new Float64Array(tables.sites.rows);
  }

  rank(dataset: number, log: DatasetAccesses | undefined): Ranks | undefined {
    const { datasets, datasetReplicas, sites } = this.#tables;
    const first = datasets.firstReplica.get(dataset);
    if (first === NO_ROW) return undefined;
    this.#measure(dataset);
    const requests = log?.requests();
    let replicas = 0;
    let usage = 0;
    let demand = 0;
    for (let row = first; row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
      const site = datasetReplicas.site.get(row);
      const bytes = this.#bytes[site] as number;
      const newest = this.#newest[site] as number;
      usage += this.#rankOf(log?.at(sites.get(site)?.name ?? ''), bytes, newest);
      demand += this.#rankOf(requests, bytes, newest);
      replicas += 1;
    }
    return { usage: usage / replicas, demand: demand / replicas };
  }

  #rankOf(use: Use | undefined, bytes: number, newest: number): number {
    const idle =
      use === undefined
        ? (this.#now - newest) / DAY_SECONDS
        : dayOf(this.#now) - use.lastDay - (bytes > 0 ? use.count / (bytes / GB) : 0);
    return idle - bytes / TB;
  }

  #measure(dataset: number): void {
    const { datasets, datasetReplicas, blocks, blockReplicas } = this.#tables;
    for (let row = datasets.firstReplica.get(dataset); row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
      this.#bytes[datasetReplicas.site.get(row)] = 0;
      this.#newest[datasetReplicas.site.get(row)] = 0;
    }
    for (let block = datasets.firstBlock.get(dataset); block !== NO_ROW; block = blocks.nextOfDataset.get(block)) {
      const bytes = blocks.size.get(block);
      for (let row = blocks.firstReplica.get(block); row !== NO_ROW; row = blockReplicas.nextOfBlock.get(row)) {
        const site = blockReplicas.site.get(row);
        this.#bytes[site] = (this.#bytes[site] as number) + bytes;
        this.#newest[site] = Math.max(this.#newest[site] as number, blockReplicas.lastUpdate.get(row));
      }
    }
  }
}
