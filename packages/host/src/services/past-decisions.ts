/** What past cycles decided, and what they ordered: by dataset, site, policy line and time. */
import { type CycleFilter, type DeedFilter, DynamoError, type FoundDeed, inputError } from '@dynamo/core';
import { type DecisionFilter, lineReference, type WrittenDecision } from '@dynamo/policies';
import type { Application } from './application.ts';
import { decisionsOf, readDecisions } from './whole-plan.ts';

/** At least one of dataset, site and line is given. */
export interface PastDecisionFilter extends DecisionFilter, Pick<CycleFilter, 'since' | 'until' | 'test' | 'before'> {
  /** Of this cycle alone. */
  readonly cycle?: number;
  /** At most so many cycles are looked at, the newest first. */
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

export interface OrderedFilter extends Omit<DeedFilter, 'reference'> {
  readonly line?: number;
}

export const CYCLES_LOOKED_AT = 20;

/**
 * Decisions of Detox, of the newest cycle first: each cycle that is looked at has to be unpacked, a million decisions in
 * less than a second. What was carried out is found sooner (`pastOrders`).
 */
export async function pastDecisions(
  { store }: Pick<Application, 'store'>,
  { cycle, cycles = CYCLES_LOOKED_AT, since, until, test, before, ...wanted }: PastDecisionFilter,
): Promise<readonly PastDecision[]> {
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
  const numbers =
    cycle === undefined
      ? (await store.history.cycles({ ...within, planner: 'detox', limit: cycles })).map((each) => each.cycle)
      : [cycle];
  const found: PastDecision[] = [];
  for (const number of numbers) {
    const record = await store.history.cycle(number);
    const packed = record === null ? null : await readDecisions(store.history, record);
    if (record === null || packed === null) {
      // One that was forgotten since it was listed is none.
      if (cycle === undefined) continue;
      const what = record === null ? `there is no cycle ${cycle}` : `cycle ${cycle} is none of Detox`;
      throw new DynamoError('not-found', what);
    }
    const { time, title } = record;
    const texts = linesOf(record.document);
    for (const decision of decisionsOf(packed, wanted)) {
      const text = 'rule' in decision ? null : (texts.get(decision.line) ?? null);
      found.push({ cycle: number, time, title, ...decision, text });
    }
  }
  return found;
}

/** What cycles of Detox and the Dealer ordered, of the newest first. */
export function pastOrders(
  { store }: Pick<Application, 'store'>,
  { line, ...filter }: OrderedFilter,
): Promise<readonly FoundDeed[]> {
  return store.history.deeds({ ...filter, ...(line === undefined ? {} : { reference: lineReference(line) }) });
}

function linesOf(document: string): ReadonlyMap<number, string> {
  const { plan } = JSON.parse(document) as { plan: { lines: readonly { line: number; text: string }[] } };
  return new Map(plan.lines.map(({ line, text }) => [line, text]));
}
