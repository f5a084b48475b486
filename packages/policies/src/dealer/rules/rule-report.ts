/** How far each rule is: what is there, on the way and missing, and why it does not get on. */
import { compareByteOrder, type InventoryTables } from '@dynamo/core';
import type { Proposal, ProposalOutcome } from '../dealer-plugin.ts';
import { type Refusal, type RefusalReason, type RefusalWords, refusalWords } from '../refusal.ts';
import type { RuleNeeds } from './rule-needs.ts';

export type RuleState = 'satisfied' | 'on the way' | 'stuck';

/** In the plan's document; over time: in those of the history. */
export interface RuleReport {
  readonly rule: string;
  readonly state: RuleState;
  readonly datasets: number;
  /** Copies that it needs in all, and of those: full under the right group, on their way, and neither. */
  readonly copies: number;
  readonly there: number;
  readonly on_the_way: number;
  readonly missing: number;
  /** Bytes of the datasets' copies that are missing: what it would cost. */
  readonly bytes_missing: number;
  /** Why copies that are missing were not taken: how many for each reason. */
  readonly refused?: Readonly<Record<string, number>>;
  /** The most frequent of those, or what else is wrong, in words. */
  readonly why?: string;
  readonly remedy?: string;
}

/** What became of a rule's proposals, which are those from `from` up to `to`. */
export interface RuleOutcomes {
  readonly proposals: readonly Pick<Proposal, 'dataset'>[];
  readonly outcomes: readonly ProposalOutcome[];
  readonly from: number;
  readonly to: number;
}

/** Of one reason: the refusal of the first dataset by name stands for all. */
interface Tally {
  count: number;
  example: string;
  refusal: Refusal;
  /** Whether all of them end by themselves. */
  ends: boolean;
}

/** Refusals that end by themselves. */
const PASSING: ReadonlySet<RefusalReason> = new Set([
  'cycle-volume',
  'on-the-way',
  'on-the-way-for-another-group',
  'being-deleted',
  'already-there',
]);

export function reportRule(
  tables: InventoryTables,
  { rule, ready, destinations, copies, needs }: RuleNeeds,
  { proposals, outcomes, from, to }: RuleOutcomes,
): RuleReport {
  let there = 0;
  let onTheWay = 0;
  let missing = 0;
  let bytes = 0;
  for (const need of needs) {
    const own = Math.min(copies, need.there.length);
    const coming = Math.min(copies - own, need.coming.length);
    there += own;
    onTheWay += coming;
    // Nothing is proposed then.
    const lacking = ready.length === 0 ? copies - own - coming : 0;
    missing += lacking;
    bytes += lacking * tables.datasets.size.get(need.dataset);
  }
  const refusals = new Map<RefusalReason, Tally>();
  for (let at = from; at < to; at++) {
    const outcome = outcomes[at];
    const dataset = proposals[at]?.dataset;
    if (outcome === undefined || dataset === undefined) continue;
    if (outcome.kind === 'taken') {
      onTheWay += 1;
      continue;
    }
    missing += 1;
    bytes += tables.datasets.size.get(dataset);
    const { refusal } = outcome;
    const name = tables.datasets.name.get(dataset) ?? '';
    const known = refusals.get(refusal.reason);
    if (known === undefined) {
      refusals.set(refusal.reason, { count: 1, example: name, refusal, ends: isPassing(refusal) });
      continue;
    }
    known.count += 1;
    known.ends &&= isPassing(refusal);
    if (name < known.example) {
      known.example = name;
      known.refusal = refusal;
    }
  }
  const fault = faultOf({ destinations, ready, needs });
  const passing = [...refusals.values()].every(({ ends }) => ends);
  const counts = [...refusals].sort(([a, x], [b, y]) => y.count - x.count || compareByteOrder(a, b));
  const worst = counts[0]?.[1].refusal;
  const done = missing === 0 && onTheWay === 0 && fault === null;
  return {
    rule: rule.name,
    state: done ? 'satisfied' : fault === null && passing ? 'on the way' : 'stuck',
    datasets: needs.length,
    copies: needs.length * copies,
    there,
    on_the_way: onTheWay,
    missing,
    bytes_missing: bytes,
    ...(refusals.size === 0
      ? {}
      : { refused: Object.fromEntries(counts.map(([reason, { count }]) => [reason, count])) }),
    ...(fault ?? (worst === undefined ? {} : wordsOf(tables, worst))),
  };
}

/** What is larger than a whole cycle may order waits for ever. */
function isPassing({ reason, detail }: Refusal): boolean {
  return PASSING.has(reason) && !(reason === 'cycle-volume' && detail === 'alone');
}

function wordsOf({ sites }: InventoryTables, refusal: Refusal): RefusalWords {
  return refusalWords(refusal, (refusal.site === undefined ? undefined : sites.get(refusal.site)?.name) ?? 'the site');
}

/** A rule that can do nothing, whatever the data. A rule that is about no dataset now is satisfied. */
function faultOf({
  destinations,
  ready,
  needs,
}: Pick<RuleNeeds, 'destinations' | 'ready' | 'needs'>): { why: string; remedy: string } | null {
  if (destinations.length === 0) {
    return { why: 'no site matches its destinations', remedy: 'name sites that are in the inventory' };
  }
  if (ready.length === 0 && needs.length > 0) {
    return { why: 'none of its destinations is ready', remedy: 'make one ready, or name others' };
  }
  return null;
}
