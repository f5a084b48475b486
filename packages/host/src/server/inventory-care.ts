/** What keeps the inventory quick: rows in order, and a warm-start file for the next start. */
import type { Inventory, Version } from '@dynamo/core';
import type { WarmStartConfiguration } from '../configuration/configuration.ts';
import type { Cycle } from './cycle.ts';

/** Part of the block replicas that may be astray before they are put in order. */
const MOST_DISORDER = 0.1;

export class InventoryCare {
  readonly #inventory: Inventory;
  readonly #warmStart: WarmStartConfiguration;
  #saved: Version | null = null;

  constructor(inventory: Inventory, warmStart: WarmStartConfiguration) {
    this.#inventory = inventory;
    this.#warmStart = warmStart;
  }

  get cycle(): Cycle {
    return {
      name: 'inventory',
      intervalSeconds: this.#warmStart.intervalSeconds,
      run: async (signal) => {
        const done: string[] = [];
        if (this.#inventory.disorder > MOST_DISORDER) {
          await this.#inventory.putInOrder({ signal });
          done.push('the rows of block replicas were put in order');
        }
        if (await this.save(signal)) done.push(`the warm-start file is of version ${this.#saved}`);
        return done.length === 0 ? null : done.join('; ');
      },
    };
  }

  /** False where there is nothing to save. */
  async save(signal?: AbortSignal): Promise<boolean> {
    const { file } = this.#warmStart;
    const { version } = this.#inventory;
    if (file === null || version === this.#saved) return false;
    if (!(await this.#inventory.saveWarmStart(file, signal === undefined ? {} : { signal }))) return false;
    this.#saved = version;
    return true;
  }
}
