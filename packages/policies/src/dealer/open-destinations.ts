import { assert, type RandomSource } from '@dynamo/core';
import { drawWeighted } from './draw.ts';
import type { RefusalReason } from './refusal.ts';

/** The sites that one proposal may go to, and why the others are out. One serves all proposals: nothing is allocated. */
export class OpenDestinations {
  readonly #sites: Int32Array;
  readonly #transfers: Float64Array;
  readonly #free: Float64Array;
  readonly #outSites: Int32Array;
  readonly #outReasons: (RefusalReason | undefined)[];
  #open = 0;
  #out = 0;

  /** `sites`: how many there are at the most. */
  constructor(sites: number) {
    this.#sites = new Int32Array(sites);
    this.#transfers = new Float64Array(sites);
    this.#free = new Float64Array(sites);
    this.#outSites = new Int32Array(sites);
    this.#outReasons = new Array<undefined>(sites).fill(undefined);
  }

  get isEmpty(): boolean {
    return this.#open === 0;
  }

  clear(): void {
    this.#open = 0;
    this.#out = 0;
  }

  /** `transfer`: bytes to be copied there; `free`: bytes that may still come. */
  add(site: number, transfer: number, free: number): void {
    this.#sites[this.#open] = site;
    this.#transfers[this.#open] = transfer;
    this.#free[this.#open] = free;
    this.#open += 1;
  }

  ruleOut(site: number, reason: RefusalReason): void {
    this.#outSites[this.#out] = site;
    this.#outReasons[this.#out] = reason;
    this.#out += 1;
  }

  /** By free space; but data that is there for another group is taken over rather than copied once more. */
  draw(random: RandomSource): number {
    const free = this.#free.subarray(0, this.#open);
    const owned = this.#transfers.subarray(0, this.#open).indexOf(0);
    if (owned >= 0) for (let i = 0; i < this.#open; i++) if (this.#transfers[i] !== 0) free[i] = 0;
    const drawn = drawWeighted(free, random);
    const site = this.#sites[drawn >= 0 ? drawn : Math.max(owned, 0)];
    assert(site !== undefined && this.#open > 0, 'a destination is drawn only where there is one');
    return site;
  }

  /** How many sites each reason ruled out. */
  ruledOut(): Map<RefusalReason, number> {
    const counts = new Map<RefusalReason, number>();
    for (let i = 0; i < this.#out; i++) {
      const reason = this.#outReasons[i] as RefusalReason;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return counts;
  }

  /** The site, if there was only one in question. */
  onlyRuledOut(): number | null {
    return this.#out === 1 ? (this.#outSites[0] ?? null) : null;
  }
}
