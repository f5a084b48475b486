/** How much of a dataset is at each site: one walk over its block replicas says it for all sites. */
import { type InventoryTables, NO_ROW, REPLICA_FLAG } from '@dynamo/core';
import type { Presence } from './presence.ts';

/** One serves all datasets, one after the other: nothing is allocated. */
export class Survey {
  readonly #tables: InventoryTables;
  /** By site: the number of the last dataset that has something there; what else is about that site is of that dataset. */
  readonly #met: Uint32Array;
  readonly #complete: Uint32Array;
  readonly #coming: Uint32Array;
  #number = 0;
  #blocks = 0;

  constructor(tables: InventoryTables) {
    this.#tables = tables;
    this.#met = new Uint32Array(tables.sites.rows);
    this.#complete = new Uint32Array(tables.sites.rows);
    this.#coming = new Uint32Array(tables.sites.rows);
  }

  /** What is asked from now on is about this dataset. Replicas that are being deleted do not count. */
  see(dataset: number): void {
    const { datasets, blocks, blockReplicas: replicas } = this.#tables;
    this.#number += 1;
    this.#blocks = 0;
    for (let block = datasets.firstBlock.get(dataset); block !== NO_ROW; block = blocks.nextOfDataset.get(block)) {
      this.#blocks += 1;
      for (let row = blocks.firstReplica.get(block); row !== NO_ROW; row = replicas.nextOfBlock.get(row)) {
        const flags = replicas.flags.get(row);
        if ((flags & REPLICA_FLAG.deletionOpen) === 0) this.#count(replicas.site.get(row), flags);
      }
    }
  }

  /** Of the whole dataset, whoever owns it: what `presenceAt` says. */
  presence(site: number): Presence {
    if (!this.hasAnything(site)) return 'missing';
    const complete = this.#complete[site] as number;
    if (complete === this.#blocks) return 'there';
    return complete + (this.#coming[site] as number) === this.#blocks ? 'coming' : 'missing';
  }

  /** Whether there is a block replica, be it an empty one. */
  hasAnything(site: number): boolean {
    return this.#met[site] === this.#number && this.#number > 0;
  }

  #count(site: number, flags: number): void {
    if (this.#met[site] !== this.#number) {
      this.#met[site] = this.#number;
      this.#complete[site] = 0;
      this.#coming[site] = 0;
    }
    if ((flags & REPLICA_FLAG.partial) === 0) this.#complete[site] = (this.#complete[site] as number) + 1;
    else if ((flags & REPLICA_FLAG.copyOpen) !== 0) this.#coming[site] = (this.#coming[site] as number) + 1;
  }
}
