import { assert, type RandomSource } from '@dynamo/core';
import { drawWeighted } from './draw.ts';
import type { Refusal, RefusalReason } from './refusal.ts';

/** The sites that one proposal may go to, and why the others are out. One serves all proposals: nothing is allocated. */
export class OpenDestinations {
  readonly #sites: Int32Array;
  readonly #transfers: Float64Array;
  readonly #free: Float64Array;
  /** Reasons that ruled a site out, in the order in which they first did, and how many. */
  readonly #reasons: RefusalReason[] = [];
  readonly #counts: number[] = [];
  readonly #refusals = new Map<string, Refusal>();
  #open = 0;
  #out = 0;
  #lastOut = 0;

  /** `sites`: how many there are at the most. */
  constructor(sites: number) {
    this.#sites = new Int32Array(sites);
    this.#transfers = new Float64Array(sites);
    this.#free = new Float64Array(sites);
  }

  get isEmpty(): boolean {
    return this.#open === 0;
  }

  clear(): void {
    this.#open = 0;
    this.#out = 0;
    this.#reasons.length = 0;
    this.#counts.length = 0;
  }

  /** `transfer`: bytes to be copied there; `free`: bytes that may still come. */
  add(site: number, transfer: number, free: number): void {
    this.#sites[this.#open] = site;
    this.#transfers[this.#open] = transfer;
    this.#free[this.#open] = free;
    this.#open += 1;
  }

  ruleOut(site: number, reason: RefusalReason): void {
    this.#out += 1;
    this.#lastOut = site;
    const known = this.#reasons.indexOf(reason);
    if (known >= 0) this.#counts[known] = (this.#counts[known] as number) + 1;
    else {
      this.#reasons.push(reason);
      this.#counts.push(1);
    }
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

  /** Whether that is why some site is out. */
  hasRuledOut(reason: RefusalReason): boolean {
    return this.#reasons.includes(reason);
  }

  /** The site, if there was only one in question. */
  onlyRuledOut(): number | null {
    return this.#out === 1 ? this.#lastOut : null;
  }

  /**
   * That no site can take it, and how many each reason ruled out. For the same counts it is the same object: in a full
   * federation most proposals end like this.
   */
  noDestination(): Refusal {
    let key = '';
    for (const [i, reason] of this.#reasons.entries()) key += `${reason} ${this.#counts[i]} `;
    const known = this.#refusals.get(key);
    if (known !== undefined) return known;
    const sites = new Map(this.#reasons.map((reason, i) => [reason, this.#counts[i] as number]));
    const refusal: Refusal = { reason: 'no-destination', sites };
    this.#refusals.set(key, refusal);
    return refusal;
  }
}
