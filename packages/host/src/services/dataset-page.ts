import { setImmediate as nextTurn } from 'node:timers/promises';
import { compareByteOrder, type DatasetView, type InventoryView, throwIfAborted } from '@dynamo/core';
import { type PlanningApplication, readInventory, type ServiceOptions } from './application.ts';
import { type DatasetSummary, summaryOf } from './browse.ts';
import { compileNamePattern } from './name-pattern.ts';

export interface DatasetPage extends ServiceOptions {
  /** A name or a glob. Default: all. */
  readonly pattern?: string;
  /** Only those after this name: the next page. */
  readonly after?: string;
  readonly limit: number;
}

/** Datasets in byte order of their names, some of them. */
export function listDatasetPage(
  application: Pick<PlanningApplication, 'scheduler' | 'inventory'>,
  { pattern, after, limit, ...options }: DatasetPage,
): Promise<readonly DatasetSummary[]> {
  const matches = pattern === undefined ? () => true : compileNamePattern(pattern, { path: 'pattern' });
  const isWanted = (name: string): boolean =>
    (after === undefined || compareByteOrder(name, after) > 0) && matches(name);
  return readInventory(application, 'datasets', options, async (view, signal) => {
    const names = await firstNames(view, isWanted, limit, signal);
    return names.map((name) => summaryOf(view.dataset(name) as DatasetView));
  });
}

/** Names looked at before others have their turn. */
const SLICE = 4096;

/** The first `limit` of them, without holding or sorting all: what lies behind the limit is dropped on the way. */
async function firstNames(
  view: InventoryView,
  isWanted: (name: string) => boolean,
  limit: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let kept: string[] = [];
  let last: string | undefined;
  let seen = 0;
  const cut = (): void => {
    kept = kept.sort(compareByteOrder).slice(0, limit);
    if (kept.length === limit) last = kept.at(-1);
  };
  for (const { name } of view.datasets()) {
    seen += 1;
    if (seen % SLICE === 0) {
      await nextTurn();
      throwIfAborted('listing datasets', signal);
    }
    if (last !== undefined && compareByteOrder(name, last) >= 0) continue;
    if (!isWanted(name)) continue;
    kept.push(name);
    if (kept.length >= 4 * limit) cut();
  }
  cut();
  return kept;
}
