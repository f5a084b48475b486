import type { RowPredicate } from '@dynamo/core';
import type { CandidateOrder } from './candidate-order.ts';
import { DECISION, DEFAULT_LINE } from './decisions.ts';
import { GrowingColumn } from './image/growing-column.ts';
import { replicasBySite } from './image/replicas-by-site.ts';
import type { WalkParts } from './walk.ts';
import { Walker } from './walk.ts';

export interface DetoxRunOptions extends WalkParts {
  readonly order: CandidateOrder;
  /** By site. */
  readonly isTriggered: Uint8Array;
  readonly untilHolds: RowPredicate;
  readonly algorithm: 'iterative' | 'static';
  readonly deletionPerIteration: number;
  /** `full` evaluates everything in each pass, `changed` what may have changed: the result is the same. */
  readonly evaluation: 'changed' | 'full';
}

export interface DetoxOutcome {
  /** Passes, the last one included. */
  readonly iterations: number;
  /** By site: its Until held, and it was released. */
  readonly isReleased: Uint8Array;
  /** Copies that dismissals deleted, by site. */
  readonly dismissedFrom: Uint32Array;
}

/** The run as the page on the policy language defines it. Leaves its results in the parts that it was given. */
export function runDetox(options: DetoxRunOptions): DetoxOutcome {
  return new DetoxRun(options).run();
}

class DetoxRun {
  readonly #options: DetoxRunOptions;
  readonly #walker: Walker;
  readonly #inGame: Uint8Array;
  readonly #isReleased: Uint8Array;
  readonly #dismissedFrom: Uint32Array;
  readonly #replicasAt: readonly Uint32Array[];
  /** Left the game in this pass, with blocks that a line dismissed before another protected the rest. */
  readonly #lastChance = new GrowingColumn();
  #everythingSeenAt = 0;

  constructor(options: DetoxRunOptions) {
    this.#options = options;
    this.#walker = new Walker(options);
    const { image } = options;
    this.#inGame = new Uint8Array(image.replicas).fill(1);
    this.#isReleased = new Uint8Array(image.arrays.sites.length);
    this.#dismissedFrom = new Uint32Array(image.arrays.sites.length);
    this.#replicasAt = replicasBySite(image.arrays.replicaSite, image.arrays.sites.length);
  }

  run(): DetoxOutcome {
    const { algorithm } = this.#options;
    let iterations = 0;
    let isLast = false;
    for (;;) {
      iterations += 1;
      this.#evaluate();
      this.#release();
      const sites = isLast ? [] : this.#sitesWithDismissed();
      if (sites.length === 0) break;
      if (algorithm === 'static') {
        for (const site of sites) this.#deleteAt(site);
        isLast = true;
      } else this.#deleteAt(sites[0] as number);
      this.#expire();
    }
    return { iterations, isReleased: this.#isReleased, dismissedFrom: this.#dismissedFrom };
  }

  #evaluate(): void {
    const { image, changes, evaluation } = this.#options;
    const datasets = changes.take();
    const isFull = evaluation === 'full';
    let last = -1;
    if (!isFull && changes.allChangedAt === this.#everythingSeenAt) {
      for (const dataset of datasets) {
        this.#evaluateDataset(dataset, isFull);
        last = dataset;
        if (changes.allChangedAt !== this.#everythingSeenAt) break;
      }
      if (changes.allChangedAt === this.#everythingSeenAt) return;
      // What changed for all in the midst of a pass is seen by what comes later in it, and by the rest in the next one.
      for (let dataset = last + 1; dataset < image.datasets; dataset++) this.#evaluateDataset(dataset, isFull);
      return;
    }
    this.#everythingSeenAt = changes.allChangedAt;
    for (let dataset = 0; dataset < image.datasets; dataset++) this.#evaluateDataset(dataset, isFull);
  }

  #evaluateDataset(dataset: number, isFull: boolean): void {
    const { image, changes, decisions } = this.#options;
    const { firstReplica } = image.arrays;
    const end = firstReplica[dataset + 1] as number;
    for (let replica = firstReplica[dataset] as number; replica < end; replica++) {
      if (this.#inGame[replica] === 0 || !image.isPresent(replica)) continue;
      if (!isFull && !changes.isDue(replica, dataset)) continue;
      changes.evaluated(replica);
      if (this.#walker.evaluate(replica)) continue;
      this.#inGame[replica] = 0;
      if (decisions.dismissedOf[replica] !== 0) this.#lastChance.push(replica);
    }
  }

  #release(): void {
    const { isTriggered, untilHolds } = this.#options;
    for (let site = 0; site < isTriggered.length; site++) {
      if (isTriggered[site] === 1 && untilHolds(site)) this.#isReleased[site] = 1;
    }
  }

  /** Triggered sites that still have dismissed blocks, the one with the highest protected fraction first, ties by name. */
  #sitesWithDismissed(): number[] {
    const { isTriggered, decisions, sites } = this.#options;
    const found: number[] = [];
    for (let site = 0; site < isTriggered.length; site++) {
      if (isTriggered[site] === 1 && this.#isReleased[site] === 0 && decisions.dismissedAt[site] !== 0)
        found.push(site);
    }
    const fraction = new Map(found.map((site) => [site, sites.protectedFraction(site)]));
    return found.sort((a, b) => (fraction.get(b) as number) - (fraction.get(a) as number) || a - b);
  }

  /** Deletes what is dismissed at the site, replica by replica, up to what one pass may. */
  #deleteAt(site: number): void {
    const { decisions, order, untilHolds, sites, algorithm, deletionPerIteration } = this.#options;
    const candidates = (this.#replicasAt[site] as Uint32Array).filter(
      (replica) => decisions.dismissedOf[replica] !== 0,
    );
    const quota = sites.quotas[site] ?? 0;
    const limit = algorithm === 'static' || quota <= 0 ? Number.POSITIVE_INFINITY : deletionPerIteration * quota;
    let bytes = 0;
    for (const replica of order.sort(candidates)) {
      bytes += this.#deleteDismissed(replica, site);
      if (untilHolds(site) || bytes > limit) return;
    }
  }

  #deleteDismissed(replica: number, site: number): number {
    const { image, decisions, deleter } = this.#options;
    if (image.emptyReplica[replica] === 1) {
      deleter.deleteEmpty(replica, decisions.lineOfEmpty[replica] as number);
      return 0;
    }
    let bytes = 0;
    const before = deleter.deleted.length;
    for (const line of this.#linesThatDismissed(replica)) {
      bytes += deleter.delete(replica, this.#dismissedBy(replica, line), line, (copy) => {
        decisions.decide(copy, replica, DECISION.keep, line);
      });
    }
    this.#dismissedFrom[site] = (this.#dismissedFrom[site] as number) + (deleter.deleted.length - before);
    return bytes;
  }

  /** In the order of the file, the default last. */
  #linesThatDismissed(replica: number): number[] {
    const { image, decisions } = this.#options;
    const { firstCopy } = image.arrays;
    const lines = new Set<number>();
    for (let copy = firstCopy[replica] as number; copy < (firstCopy[replica + 1] as number); copy++) {
      if (decisions.ofCopy[copy] === DECISION.dismiss) lines.add(decisions.lineOfCopy[copy] as number);
    }
    const rank = (line: number): number => (line === DEFAULT_LINE ? Number.POSITIVE_INFINITY : line);
    return [...lines].sort((a, b) => rank(a) - rank(b));
  }

  #dismissedBy(replica: number, line: number): Uint32Array {
    const { image, decisions } = this.#options;
    const { firstCopy } = image.arrays;
    const copies: number[] = [];
    for (let copy = firstCopy[replica] as number; copy < (firstCopy[replica + 1] as number); copy++) {
      if (decisions.ofCopy[copy] === DECISION.dismiss && decisions.lineOfCopy[copy] === line) copies.push(copy);
    }
    return Uint32Array.from(copies);
  }

  /** What is out of the game is not dismissed again in the next pass: its blocks stay. */
  #expire(): void {
    const { image, decisions } = this.#options;
    const { firstCopy } = image.arrays;
    for (const replica of this.#lastChance.values()) {
      for (let copy = firstCopy[replica] as number; copy < (firstCopy[replica + 1] as number); copy++) {
        if (decisions.ofCopy[copy] !== DECISION.dismiss) continue;
        decisions.decide(copy, replica, DECISION.keep, decisions.lineOfCopy[copy] as number);
      }
    }
    this.#lastChance.clear();
  }
}
