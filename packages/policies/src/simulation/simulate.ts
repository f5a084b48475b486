/** Detox and Dealer over days, under a model of new data, requests and accesses. The same seed gives the same report. */
import {
  type AttributeColumn,
  type Clock,
  type CopyRequest,
  createRandomSource,
  type DatasetName,
  type FileId,
  type FileRecord,
  type GuardRule,
  Inventory,
  type InventoryView,
  joinKey,
  type Lfn,
  type RandomSource,
  type RequestRecord,
  type Store,
  throwIfAborted,
} from '@dynamo/core';
import { carryOutDealer } from '../dealer/carry-out-dealer.ts';
import type { DealerConfiguration } from '../dealer/dealer-configuration.ts';
import { dealerPlan } from '../dealer/dealer-plan.ts';
import { freshCopyRule } from '../dealer/fresh-copies.ts';
import { planDealer } from '../dealer/plan-dealer.ts';
import { detoxPlan } from '../detox/detox-plan.ts';
import { planDetox } from '../detox/plan-detox.ts';
import type { CheckedPolicy } from '../policy/checked-policy.ts';
import { Demand } from './demand.ts';
import { injectDay, type Templates, templatesOf } from './inject-day.ts';
import type { SimulatedDay, SimulationReport } from './simulation-report.ts';

export interface SimulationOptions {
  /** Of each policy, as it reads at that time. */
  readonly policies: readonly ((nowSeconds: number) => CheckedPolicy | Promise<CheckedPolicy>)[];
  readonly dealer: DealerConfiguration;
  /** Seconds since 1970 at which it begins. */
  readonly start: number;
  readonly days: number;
  readonly seed: number;
  /** New datasets a day, as a part of those that are there at the beginning. */
  readonly growth: number;
  readonly requestsPerDay: number;
  readonly halfLifeDays: number;
  readonly peakRequests: number;
  /** Copies are left alone by the guard for so long; 0: not at all. */
  readonly freshDays: number;
  readonly thrashDays: number;
  readonly onDay?: (day: SimulatedDay) => void;
  readonly signal?: AbortSignal;
}

const AUTHOR = { application: 'simulation', user: 'simulation' };
const DAY_SECONDS = 86_400;

/** `store`: in memory, with the inventory as it is at the beginning; what happens is committed to it. */
export async function simulate(store: Store, options: SimulationOptions): Promise<SimulationReport> {
  const simulation = await Simulation.open(store, options);
  const days: SimulatedDay[] = [];
  for (let day = 1; day <= options.days; day++) {
    throwIfAborted('the simulation', options.signal);
    days.push(await simulation.live(day));
    options.onDay?.(days.at(-1) as SimulatedDay);
  }
  return simulation.report(days);
}

class Simulation {
  readonly #store: Store;
  readonly #options: SimulationOptions;
  readonly #inventory: Inventory;
  readonly #clock: { now: number };
  readonly #guardRules: readonly GuardRule[];
  readonly #random: RandomSource;
  readonly #demand: Demand;
  readonly #templates: Templates;
  /** By dataset, block and site: when a copy arrived. */
  readonly #arrivals = new Map<string, number>();

  private constructor(
    parts: {
      readonly store: Store;
      readonly inventory: Inventory;
      readonly clock: { now: number };
      readonly guardRules: readonly GuardRule[];
    },
    options: SimulationOptions,
  ) {
    this.#store = parts.store;
    this.#inventory = parts.inventory;
    this.#clock = parts.clock;
    this.#guardRules = parts.guardRules;
    this.#options = options;
    this.#random = createRandomSource(options.seed);
    this.#demand = new Demand(this.#random.split('demand'), options);
    using view = this.#inventory.view();
    for (const { name, lastUpdate } of view.datasets()) this.#demand.add(name, lastUpdate);
    this.#templates = templatesOf(view);
  }

  static async open(store: Store, options: SimulationOptions): Promise<Simulation> {
    const clock = { now: options.start };
    const guardRules = options.freshDays === 0 ? [] : [freshCopyRule({ seconds: options.freshDays * DAY_SECONDS })];
    const inventory = await Inventory.open(store.inventory, { clock: simulatedClock(clock), guardRules });
    return new Simulation({ store, inventory, clock, guardRules }, options);
  }

  async live(day: number): Promise<SimulatedDay> {
    this.#clock.now += DAY_SECONDS;
    const { now } = this.#clock;
    const injected = await this.#inject(day);
    this.#demand.pass(now);
    const ended = await this.#endOperations();
    const attributes = this.#demand.attributes(now);
    for (const policyAt of this.#options.policies) {
      const policy = await policyAt(now);
      using view = this.#inventory.view();
      // A simulation stands for nobody's data: what a commit would want besides is not asked.
      const plan = {
        ...detoxPlan(planDetox(view, { policy, now, attributes, guardRules: this.#guardRules })),
        notCommittable: [],
      };
      await this.#inventory.carryOut(plan, AUTHOR);
    }
    await this.#deal(day, now, attributes);
    using view = this.#inventory.view();
    const open = await this.#openRequests();
    return { day, now, injected, ...ended, openRequests: open.length, occupancy: occupancyOf(view) };
  }

  async report(days: readonly SimulatedDay[]): Promise<SimulationReport> {
    const open = await this.#openRequests();
    const requests = (await this.#store.requests.list({ kind: 'copy' })).length;
    const sum = (key: 'injected' | 'copied' | 'deleted' | 'thrashed'): number =>
      days.reduce((total, day) => total + day[key], 0);
    const reasons = new Map<string, number>();
    for (const { reason } of open) {
      // Figures differ from one to the next; what is said of them does not.
      const said = reason.replaceAll(/\d[\d.,]*/g, '..').slice(0, 200);
      reasons.set(said, (reasons.get(said) ?? 0) + 1);
    }
    return {
      ...{ seed: this.#options.seed, thrashDays: this.#options.thrashDays, days },
      totals: {
        ...{ injected: sum('injected'), copied: sum('copied'), deleted: sum('deleted'), thrashed: sum('thrashed') },
        ...{ requests, unmet: open.length },
      },
      unmet: [...reasons]
        .map(([reason, count]) => ({ reason, requests: count }))
        .sort((a, b) => b.requests - a.requests),
    };
  }

  async #inject(day: number): Promise<number> {
    const { growth, requestsPerDay } = this.#options;
    const { now } = this.#clock;
    const random = this.#random.split(`day ${day}`);
    const { result } = await this.#inventory.update(AUTHOR, (draft) => {
      const count = Math.round(this.#templates.datasets.length * growth);
      const born = injectDay(draft, this.#templates, { random, count, day, now });
      for (const { dataset } of born) this.#demand.add(dataset, now);
      const wanted = this.#demand.datasets;
      for (let i = 0; i < requestsPerDay && wanted.length > 0; i++) {
        const dataset = wanted[random.nextInt(wanted.length)] as string;
        draft.putRequest(null, copyRequest(draft.nextRequestId(), { dataset, now }));
      }
      return born.reduce((bytes, each) => bytes + each.bytes, 0);
    });
    return result;
  }

  /** All that was ordered the day before has been done. */
  async #endOperations(): Promise<Pick<SimulatedDay, 'copied' | 'deleted' | 'thrashed'>> {
    const evidence = { kind: 'declared', by: 'simulation', reason: 'a day has passed' } as const;
    const operations = await this.#store.operations.list();
    const { now } = this.#clock;
    const { thrashDays } = this.#options;
    const sums = { copied: 0, deleted: 0, thrashed: 0 };
    await this.#inventory.update(AUTHOR, (draft) => {
      for (const { target } of operations) {
        if (target.kind === 'delete-path') continue;
        const { dataset, block, site } = target;
        const replica = { dataset, block, site };
        const key = joinKey(dataset, block, site);
        const record = draft.record('block', joinKey(dataset, block));
        if (record === null || draft.record('blockReplica', key) === null) continue;
        if (target.kind === 'copy') {
          draft.recordFact({ kind: 'files-arrived', replica, files: filesOf(record), evidence });
          this.#arrivals.set(key, now);
          sums.copied += record.size;
        } else {
          const bytes = draft.dataset(dataset)?.block(block)?.replica(site)?.size ?? 0;
          draft.recordFact({ kind: 'replica-gone', replica, evidence });
          sums.deleted += bytes;
          const arrived = this.#arrivals.get(key);
          if (arrived !== undefined && now - arrived < thrashDays * DAY_SECONDS) sums.thrashed += bytes;
        }
      }
    });
    return sums;
  }

  async #deal(day: number, now: number, attributes: ReadonlyMap<string, AttributeColumn>): Promise<void> {
    const { dealer: configuration, seed } = this.#options;
    using view = this.#inventory.view();
    const requests = await this.#openRequests();
    const plan = dealerPlan(planDealer(view, { configuration, attributes, requests, now, seed: seed + day }));
    await this.#inventory.update(AUTHOR, (draft) =>
      carryOutDealer(draft, { ...plan, notCommittable: [] }, { configuration, now }),
    );
  }

  async #openRequests(): Promise<readonly RequestRecord[]> {
    const [fresh, active] = [
      await this.#store.requests.list({ state: 'new' }),
      await this.#store.requests.list({ state: 'active' }),
    ];
    return [...fresh, ...active].sort((a, b) => a.id - b.id);
  }
}

/** Whatever files a block has, they come together: as many, and as many bytes. */
function filesOf(block: {
  readonly dataset: DatasetName;
  readonly name: string;
  readonly size: number;
  readonly files: number;
}): FileRecord[] {
  return Array.from({ length: block.files }, (_, i) => ({
    ...{ id: (i + 1) as FileId, dataset: block.dataset, block: block.name as FileRecord['block'] },
    ...{ lfn: `/simulated/${i}` as Lfn, size: i === 0 ? block.size : 0, checksums: {} },
  }));
}

function copyRequest(id: number, { dataset, now }: { readonly dataset: string; readonly now: number }): RequestRecord {
  const wanted: CopyRequest = { id, kind: 'copy', datasets: [dataset], sites: ['*'], copies: 2, group: null };
  return { ...wanted, state: 'new', user: AUTHOR.user, createdAt: now, updatedAt: now, reason: '' };
}

function occupancyOf(view: InventoryView): SimulatedDay['occupancy'] {
  const partitions = [...view.partitions()].map(({ name }): [string, Readonly<Record<string, number>>] => {
    const sites = [...view.sites()].flatMap((site): [string, number][] => {
      const { quota, physical } = site.usage(name);
      return quota === null || quota <= 0 ? [] : [[site.name, physical / quota]];
    });
    return [name, Object.fromEntries(sites)];
  });
  return Object.fromEntries(partitions.filter(([, sites]) => Object.keys(sites).length > 0));
}

function simulatedClock(clock: { readonly now: number }): Clock {
  return {
    nowSeconds: () => clock.now,
    monotonicMs: () => clock.now * 1000,
    sleep: () => Promise.resolve(),
  };
}
