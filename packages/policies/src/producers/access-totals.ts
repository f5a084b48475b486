import type { AccessRecord } from '@dynamo/core';

/** Accesses at one place, or everywhere. */
export interface Use {
  readonly count: number;
  /** Days since 1970; the last one with a count above 0. */
  readonly lastDay: number;
}

/** What a log says about one dataset; the order of its lines makes no difference. */
export class DatasetAccesses {
  readonly #bySite = new Map<string, Use>();
  readonly #requestsByDay = new Map<number, number>();

  add({ site, day, accesses, requests }: AccessRecord): void {
    if (accesses > 0) {
      const { count, lastDay } = this.#bySite.get(site) ?? NEVER;
      this.#bySite.set(site, { count: count + accesses, lastDay: Math.max(lastDay, day) });
    }
    if (requests > 0) this.#requestsByDay.set(day, (this.#requestsByDay.get(day) ?? 0) + requests);
  }

  at(site: string): Use | undefined {
    return this.#bySite.get(site);
  }

  /** At all sites, known to the inventory or not. */
  accesses(): Use | undefined {
    return sumOf(this.#bySite.values());
  }

  requests(): Use | undefined {
    return sumOf(Array.from(this.#requestsByDay, ([lastDay, count]) => ({ lastDay, count })));
  }

  /** Each request counts 1, and half as much for every `halfLifeDays` that have passed since. */
  requestWeight(today: number, halfLifeDays: number): number {
    // In the order of days, so that the same log gives the same bits.
    const days = [...this.#requestsByDay].sort(([a], [b]) => a - b);
    return days.reduce((sum, [day, count]) => sum + count * 2 ** (-Math.max(0, today - day) / halfLifeDays), 0);
  }
}

const NEVER: Use = { count: 0, lastDay: 0 };

function sumOf(uses: Iterable<Use>): Use | undefined {
  let count = 0;
  let lastDay = 0;
  for (const use of uses) {
    count += use.count;
    lastDay = Math.max(lastDay, use.lastDay);
  }
  return count === 0 ? undefined : { count, lastDay };
}
