import { inputError } from '@dynamo/core';
import { type ComparedOutcome, compareDetox, type DetoxComparison } from '../../services/compare-detox.ts';
import type { DetoxRun } from '../../services/detox.ts';
import type { DetoxDocument } from '../../services/detox-document.ts';
import type { Dynamo } from '../../services/dynamo.ts';
import { countOf, formatBytes, formatTable } from '../format.ts';
import { readInput } from '../read-input.ts';

/** What the second plan is to have otherwise than the first. */
export interface Otherwise {
  /** Another policy. */
  readonly with?: string;
  /** The same, so many days later. */
  readonly days?: number;
  /** The same, on an earlier version. */
  readonly on?: number;
}

const DAY_SECONDS = 86_400;
const SHOWN = 50;

export async function comparePlans(
  dynamo: Dynamo,
  run: DetoxRun,
  { with: file, days, on: version }: Otherwise,
  nowSeconds: number,
): Promise<DetoxComparison> {
  if (file === undefined && days === undefined && version === undefined) {
    throw inputError({ what: 'nothing is named to compare with', hint: 'add --with FILE, --days N or --on VERSION' });
  }
  // Both at the same time, if the clock of neither is named: else the time that passes in between would count.
  const now = run.now ?? nowSeconds;
  const second: DetoxRun = {
    ...{ ...run, now: now + (days ?? 0) * DAY_SECONDS },
    ...(file === undefined ? {} : { policy: { ...(await readInput(file)), mayRun: true } }),
    ...(version === undefined ? {} : { version }),
  };
  const [before, after] = [await dynamo.previewDetox({ ...run, now }), await dynamo.previewDetox(second)];
  return compareDetox(JSON.parse(before) as DetoxDocument, JSON.parse(after) as DetoxDocument);
}

export function formatComparison({
  first,
  second,
  onlyFirst,
  onlySecond,
  datasets,
  sites,
  withoutEffect,
}: DetoxComparison): string {
  const plan = ({ partition, version, now, deleted }: DetoxComparison['first']): string =>
    `${partition}, version ${version}, ${new Date(now * 1000).toISOString().slice(0, 16)}: deletes ${formatBytes(deleted)}`;
  return [
    `first   ${plan(first)}`,
    `second  ${plan(second)}`,
    `only the first deletes ${formatBytes(onlyFirst)}, only the second ${formatBytes(onlySecond)}, ` +
      `in ${countOf(datasets.length, 'dataset replica')}; ${withoutEffect} more are decided otherwise to no effect`,
    ...(sites.length === 0 ? [] : ['', formatTable(SITE_COLUMNS, sites.map(siteRow))]),
    ...(datasets.length === 0
      ? []
      : [
          '',
          formatTable(
            DATASET_COLUMNS,
            datasets
              .slice(0, SHOWN)
              .map((each) => [each.dataset, each.site, outcome(each.first), outcome(each.second)]),
          ),
        ]),
    ...(datasets.length > SHOWN ? [`and ${datasets.length - SHOWN} more (--json has all)`] : []),
  ].join('\n');
}

function siteRow({ site, first, second }: DetoxComparison['sites'][number]): readonly string[] {
  const figures = (side: typeof first): string[] =>
    side === null ? ['', ''] : [formatBytes(side.deleted), side.triggered ? (side.reachedStop ? 'yes' : 'no') : ''];
  return [site, ...figures(first), ...figures(second)];
}

function outcome({ deleted, decision, reason }: ComparedOutcome): string {
  if (decision === null) return 'not decided';
  return `${decision}${deleted > 0 ? ` ${formatBytes(deleted)}` : ''}, ${reason}`;
}

const SITE_COLUMNS = [
  { title: 'site' },
  { title: 'first deletes', align: 'right' },
  { title: 'stopped' },
  { title: 'second deletes', align: 'right' },
  { title: 'stopped' },
] as const;

const DATASET_COLUMNS = [{ title: 'dataset' }, { title: 'site' }, { title: 'first' }, { title: 'second' }] as const;
