import { assert, type RandomSource } from '@dynamo/core';
import { drawWeighted } from './draw.ts';
import type { RefusalReason } from './refusal.ts';

/** The sites that one proposal may go to, and why the others are out: kept between proposals, so that nothing is allocated. */
export class OpenDestinations {
  readonly #sites: number[] = [];
  readonly #transfers: number[] = [];
  readonly #free: number[] = [];
  readonly #outSites: number[] = [];
  readonly #outReasons: RefusalReason[] = [];

  get isEmpty(): boolean {
    return this.#sites.length === 0;
  }

  clear(): void {
    for (const list of [this.#sites, this.#transfers, this.#free, this.#outSites, this.#outReasons]) list.length = 0;
  }

  /** `transfer`: bytes to be copied there; `free`: bytes that may still come. */
  add(site: number, transfer: number, free: number): void {
    this.#sites.push(site);
    this.#transfers.push(transfer);
    this.#free.push(free);
  }

  ruleOut(site: number, reason: RefusalReason): void {
    this.#outSites.push(site);
    this.#outReasons.push(reason);
  }

  /** By free space; but data that is there for another group is taken over rather than copied once more. */
  draw(random: RandomSource): number {
    const owned = this.#transfers.includes(0);
    const weights = owned ? this.#free.map((free, i) => (this.#transfers[i] === 0 ? free : 0)) : this.#free;
    const drawn = drawWeighted(weights, random);
    const site = this.#sites[drawn >= 0 ? drawn : owned ? this.#transfers.indexOf(0) : 0];
    assert(site !== undefined, 'a destination is drawn only where there is one');
    return site;
  }

  /** How many sites each reason ruled out. */
  ruledOut(): Map<RefusalReason, number> {
    const counts = new Map<RefusalReason, number>();
    for (const reason of this.#outReasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return counts;
  }

  /** The site, if there was only one in question. */
  onlyRuledOut(): number | null {
    return this.#outSites.length === 1 ? (this.#outSites[0] ?? null) : null;
  }
}
