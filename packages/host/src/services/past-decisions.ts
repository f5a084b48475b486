/** What past cycles decided, and what they ordered: by dataset, site, policy line and time. */
import {
  type CycleFilter,
  type DeedFilter,
  DynamoError,
  type FoundDeed,
  type HistoryStore,
  inputError,
} from '@dynamo/core';
import { countDecisions, type DecisionFilter, lineReference, type WrittenDecision } from '@dynamo/policies';
import type { Application } from './application.ts';
import { DecisionReader, hasDataset, readDetoxRecord } from './whole-plan.ts';

/** At least one of dataset, site and line is given. */
export interface PastDecisionFilter extends DecisionFilter, Pick<CycleFilter, 'since' | 'until' | 'test' | 'before'> {
  /** Of this cycle alone. */
  readonly cycle?: number;
  /** The decisions of at most so many cycles are unpacked, the newest first. */
  readonly cycles?: number;
}

export type PastDecision = WrittenDecision & {
  readonly cycle: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly title: string;
  /** Of the line; null: the guard decided. */
  readonly text: string | null;
};

export interface PastDecisions {
  readonly decisions: readonly PastDecision[];
  /** Cycles of which the decisions were unpacked, and those that were seen to have none that is asked for. */
  readonly unpacked: number;
  readonly ruledOut: number;
  /** Cycles with a smaller number than this were not looked at; null: all were that are asked for. */
  readonly before: number | null;
}

export interface OrderedFilter extends Omit<DeedFilter, 'reference'> {
  readonly line?: number;
}

export const CYCLES_UNPACKED = 20;

/**
 * Decisions of Detox, of the newest cycle first. Which sites, lines and datasets a cycle had is seen without unpacking it:
 * a million decisions take a second or two. What was carried out is found sooner (`pastOrders`).
 */
export async function pastDecisions(
  { store, inventory }: Pick<Application, 'store' | 'inventory'>,
  { cycle, cycles = CYCLES_UNPACKED, since, until, test, before, ...wanted }: PastDecisionFilter,
): Promise<PastDecisions> {
  const { dataset, site, line } = wanted;
  if (dataset === undefined && site === undefined && line === undefined) {
    throw inputError({
      what: 'neither a dataset nor a site nor a line is named',
      hint: 'a cycle as a whole: history show',
    });
  }
  const within = Object.fromEntries(
    Object.entries({ since, until, test, before }).filter(([, value]) => value !== undefined),
  ) as CycleFilter;
  using view = inventory.view({ name: 'history' });
  const reader = new DecisionReader(store.history, view);
  const found: PastDecision[] = [];
  let [unpacked, ruledOut] = [0, 0];
  for await (const number of cycle === undefined ? cyclesOf(store.history, within) : [cycle]) {
    const record = await store.history.cycle(number);
    const detox = record === null ? null : readDetoxRecord(record);
    if (record === null || detox === null) {
      // One that was forgotten since it was listed is none.
      if (cycle === undefined) continue;
      const what = record === null ? `there is no cycle ${cycle}` : `cycle ${cycle} is none of Detox`;
      throw new DynamoError('not-found', what);
    }
    const datasets = countDecisions(detox.inputs.decided, wanted) === 0 ? undefined : await reader.datasets(record);
    if (datasets === undefined || (dataset !== undefined && !hasDataset(datasets, dataset))) {
      ruledOut += 1;
      continue;
    }
    if (unpacked === cycles) return { decisions: found, unpacked, ruledOut, before: number + 1 };
    unpacked += 1;
    const { time, title } = record;
    const texts = linesOf(detox.plan);
    for (const decision of (await reader.decisions(record, datasets)).decisions(wanted)) {
      const text = 'rule' in decision ? null : (texts.get(decision.line) ?? null);
      found.push({ cycle: number, time, title, ...decision, text });
    }
  }
  return { decisions: found, unpacked, ruledOut, before: null };
}

const PAGE = 200;

/** Numbers of cycles of Detox, newest first. */
async function* cyclesOf(history: HistoryStore, filter: CycleFilter): AsyncGenerator<number> {
  for (let next = filter; ; ) {
    const page = await history.cycles({ ...next, planner: 'detox', limit: PAGE });
    for (const { cycle } of page) yield cycle;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    next = { ...next, before: last.cycle };
  }
}

/** What cycles of Detox and the Dealer ordered, of the newest first. */
export function pastOrders(
  { store }: Pick<Application, 'store'>,
  { line, ...filter }: OrderedFilter,
): Promise<readonly FoundDeed[]> {
  return store.history.deeds({ ...filter, ...(line === undefined ? {} : { reference: lineReference(line) }) });
}

function linesOf(plan: object): ReadonlyMap<number, string> {
  const { lines } = plan as { readonly lines: readonly { readonly line: number; readonly text: string }[] };
  return new Map(lines.map(({ line, text }) => [line, text]));
}
