/** Two plans of Detox beside each other: what the one deletes and the other does not, where, and by which lines. */
import { compareByteOrder } from '@dynamo/core';
import type { DetoxDocument } from './detox-document.ts';

/** What a plan makes of a dataset at a site. */
export interface ComparedOutcome {
  /** Bytes that it deletes. */
  readonly deleted: number;
  /** The decision about most of its bytes, and the line or the rule of the guard that made it; null: none was made. */
  readonly decision: string | null;
  readonly reason: string | null;
}

export interface ComparedDataset {
  readonly dataset: string;
  readonly site: string;
  readonly first: ComparedOutcome;
  readonly second: ComparedOutcome;
}

export interface ComparedSite {
  readonly site: string;
  readonly first: ComparedSiteFigures | null;
  readonly second: ComparedSiteFigures | null;
}

/** Bytes. */
export interface ComparedSiteFigures {
  readonly before: number;
  readonly deleted: number;
  readonly triggered: boolean;
  readonly reachedStop: boolean;
}

export interface DetoxComparison {
  readonly first: ComparedPlan;
  readonly second: ComparedPlan;
  /** Bytes that one deletes and the other does not. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Where they differ in what is deleted: the most bytes first. */
  readonly datasets: readonly ComparedDataset[];
  /** Sites at which they differ, by name. */
  readonly sites: readonly ComparedSite[];
  /** Dataset replicas about which they decide otherwise, and nothing comes of it. */
  readonly withoutEffect: number;
}

export interface ComparedPlan {
  readonly partition: string;
  readonly version: number;
  readonly now: number;
  /** Bytes. */
  readonly deleted: number;
}

export function compareDetox(first: DetoxDocument, second: DetoxDocument): DetoxComparison {
  const [before, after] = [outcomesOf(first), outcomesOf(second)];
  const datasets: ComparedDataset[] = [];
  let withoutEffect = 0;
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [one, other] = [before.get(key) ?? NOTHING, after.get(key) ?? NOTHING];
    if (one.deleted === other.deleted) {
      if (one.decision !== other.decision) withoutEffect += 1;
      continue;
    }
    const [dataset = '', site = ''] = key.split('\t');
    datasets.push({ dataset, site, first: one, second: other });
  }
  const difference = ({ first: one, second: other }: ComparedDataset): number => other.deleted - one.deleted;
  return {
    first: summaryOf(first),
    second: summaryOf(second),
    onlyFirst: datasets.reduce((sum, each) => sum + Math.max(0, -difference(each)), 0),
    onlySecond: datasets.reduce((sum, each) => sum + Math.max(0, difference(each)), 0),
    datasets: datasets.sort(
      (a, b) =>
        Math.abs(difference(b)) - Math.abs(difference(a)) ||
        compareByteOrder(a.site, b.site) ||
        compareByteOrder(a.dataset, b.dataset),
    ),
    sites: compareSites(first, second),
    withoutEffect,
  };
}

const NOTHING: ComparedOutcome = { deleted: 0, decision: null, reason: null };

function outcomesOf({ decisions, lines }: DetoxDocument): ReadonlyMap<string, ComparedOutcome> {
  const texts = new Map(lines.map(({ line, text }) => [line, text]));
  const most = new Map<string, number>();
  const outcomes = new Map<string, ComparedOutcome>();
  for (const { dataset, site, decision, size, line, rule } of decisions) {
    const key = `${dataset}\t${site}`;
    const known = outcomes.get(key) ?? NOTHING;
    const isMost = size >= (most.get(key) ?? -1);
    if (isMost) most.set(key, size);
    const where = line === 0 ? 'the default decision' : `line ${line}: ${texts.get(line ?? 0) ?? ''}`;
    outcomes.set(key, {
      deleted: known.deleted + (decision === 'delete' ? size : 0),
      decision: isMost ? decision : known.decision,
      reason: isMost ? (rule === undefined ? where : `the guard: ${rule}`) : known.reason,
    });
  }
  return outcomes;
}

function compareSites(first: DetoxDocument, second: DetoxDocument): readonly ComparedSite[] {
  const figures = ({ sites }: DetoxDocument): ReadonlyMap<string, ComparedSiteFigures> =>
    new Map(
      sites.map(({ site, before, deleted, triggered, reached_stop }) => [
        site,
        { before, deleted, triggered, reachedStop: reached_stop },
      ]),
    );
  const [one, other] = [figures(first), figures(second)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .sort(compareByteOrder)
    .map((site) => ({ site, first: one.get(site) ?? null, second: other.get(site) ?? null }))
    .filter((site) => JSON.stringify(site.first) !== JSON.stringify(site.second));
}

function summaryOf({ partition, inventory_version: version, now, decisions }: DetoxDocument): ComparedPlan {
  const deleted = decisions.reduce((sum, { decision, size }) => sum + (decision === 'delete' ? size : 0), 0);
  return { partition, version, now, deleted };
}
