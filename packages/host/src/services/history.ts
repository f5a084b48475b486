/** What was done to data, by whom, when and why: out of the operations that were ordered, and the cycles that did. */
import { type CycleSummary, DynamoError, type OperationOutcome, type PastOperation } from '@dynamo/core';
import type { Application } from './application.ts';

export interface PastFilter {
  /** A dataset, or a block of one as `dataset#block`. */
  readonly what: string;
  readonly site?: string;
  /** Operations looked at, newest first. */
  readonly limit?: number;
}

/** Operations on blocks of one dataset at one site that were ordered together, for one reason. */
export interface PastDeed {
  readonly kind: 'copy' | 'delete';
  readonly dataset: string;
  readonly site: string;
  readonly blocks: readonly string[];
  /** When it was ordered, seconds since 1970. */
  readonly time: number;
  /** What decided: `detox`, `dealer`, `operator` .. */
  readonly source: string;
  /** The policy line, the rule, the person. */
  readonly reason: string;
  /** The cycle that ordered it; null: none did, or it is not known any more. */
  readonly cycle: number | null;
  /** How many of the blocks are where; open: not carried out yet. */
  readonly ends: Readonly<Partial<Record<OperationOutcome | 'open', number>>>;
}

const LIMIT = 10_000;
const CYCLES = 1000;

/** Newest first. Rejects with `not-found` where nothing was ever ordered, and the dataset is not known. */
export async function pastDeeds(
  { store, inventory }: Pick<Application, 'store' | 'inventory'>,
  { what, site, limit = LIMIT }: PastFilter,
): Promise<readonly PastDeed[]> {
  const [dataset, block] = namesOf(what);
  const filter = { dataset, limit, ...(block === null ? {} : { block }), ...(site === undefined ? {} : { site }) };
  const past = await store.operations.past(filter);
  if (past.length === 0) {
    using view = inventory.view({ name: 'history' });
    if (view.dataset(dataset) === undefined) {
      throw new DynamoError('not-found', `nothing was ever ordered for ${dataset}, and there is no such dataset`);
    }
  }
  const cycles = past.length === 0 ? [] : await store.history.cycles({ limit: CYCLES });
  return groups(past).map((together) => deedOf(together, cycles));
}

/** A `#` separates a dataset from its block, which may be cut off with it. */
function namesOf(what: string): [string, string | null] {
  const mark = what.indexOf('#');
  return mark < 0 ? [what, null] : [what.slice(0, mark), what.slice(mark + 1)];
}

function groups(past: readonly PastOperation[]): readonly (readonly PastOperation[])[] {
  const found = new Map<string, PastOperation[]>();
  for (const operation of past) {
    const { target, openedAt, reason } = operation;
    const key = JSON.stringify([target.kind, target.site, openedAt, reason.source, reason.text]);
    const together = found.get(key);
    if (together === undefined) found.set(key, [operation]);
    else together.push(operation);
  }
  return [...found.values()];
}

function deedOf(together: readonly PastOperation[], cycles: readonly CycleSummary[]): PastDeed {
  const { target, openedAt: time, reason } = together[0] as PastOperation;
  const ends: Partial<Record<OperationOutcome | 'open', number>> = {};
  const blocks: string[] = [];
  for (const { target: each, end } of together) {
    const outcome = end?.outcome ?? 'open';
    ends[outcome] = (ends[outcome] ?? 0) + 1;
    if ('block' in each) blocks.push(each.block);
  }
  // The commit that orders operations writes the history of its cycle with the same time.
  const cycle = cycles.find((each) => each.planner === reason.source && each.time === time);
  return {
    ...{ kind: target.kind === 'copy' ? 'copy' : 'delete', dataset: 'dataset' in target ? target.dataset : '' },
    ...{ site: target.site, blocks: blocks.sort(), time, source: reason.source, reason: reason.text },
    ...{ cycle: cycle?.cycle ?? null, ends },
  };
}
