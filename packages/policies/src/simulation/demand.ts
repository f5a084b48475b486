/** How much data is wanted, as a simulation has it: much when it is new, half as much for every half-life that passes. */
import type { AttributeColumn, RandomSource } from '@dynamo/core';
import { REQUEST_WEIGHT } from '../dealer/request-weight.ts';

export interface DemandOptions {
  readonly halfLifeDays: number;
  /** Requests in the first days of the dataset that is wanted most; few are wanted as much, most hardly at all. */
  readonly peakRequests: number;
}

interface Interest {
  /** Requests at birth. */
  readonly peak: number;
  /** Seconds since 1970. */
  readonly born: number;
  lastAccess: number;
  accesses: number;
}

const DAY_SECONDS = 86_400;

export class Demand {
  readonly #random: RandomSource;
  readonly #options: DemandOptions;
  readonly #interest = new Map<string, Interest>();

  constructor(random: RandomSource, options: DemandOptions) {
    this.#random = random;
    this.#options = options;
  }

  get datasets(): readonly string[] {
    return [...this.#interest.keys()];
  }

  add(dataset: string, born: number): void {
    // Cubed: most datasets are wanted by few, as everybody's popularity plots show.
    const peak = this.#options.peakRequests * this.#random.nextFloat() ** 3;
    this.#interest.set(dataset, { peak, born, lastAccess: born, accesses: 0 });
  }

  /** A day passes: what is wanted is read, the more so the more it is wanted. */
  pass(now: number): void {
    for (const interest of this.#interest.values()) {
      const weight = this.#weightOf(interest, now);
      if (this.#random.nextFloat() >= 1 - 2 ** -weight) continue;
      interest.lastAccess = now;
      interest.accesses += 1 + Math.floor(weight);
    }
  }

  /** As producers would supply it. The rank is days since the last access, less what it is wanted. */
  attributes(now: number): ReadonlyMap<string, AttributeColumn> {
    const lastAccess = new Map<string, number>();
    const accesses = new Map<string, number>();
    const usageRank = new Map<string, number>();
    const demandRank = new Map<string, number>();
    const weights = new Map<string, number>();
    for (const [dataset, interest] of this.#interest) {
      const weight = this.#weightOf(interest, now);
      lastAccess.set(dataset, interest.lastAccess);
      accesses.set(dataset, interest.accesses);
      usageRank.set(dataset, (now - interest.lastAccess) / DAY_SECONDS - weight);
      demandRank.set(dataset, -weight);
      weights.set(dataset, weight);
    }
    return new Map<string, AttributeColumn>([
      ['dataset.last_access', lastAccess],
      ['replica.num_access', accesses],
      ['dataset.usage_rank', usageRank],
      ['dataset.demand_rank', demandRank],
      [REQUEST_WEIGHT.name, weights],
    ]);
  }

  #weightOf({ peak, born }: Interest, now: number): number {
    return peak * 2 ** (-(now - born) / (this.#options.halfLifeDays * DAY_SECONDS));
  }
}
