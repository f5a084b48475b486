import { contentDigest } from '../model/content-digest.ts';
import type { HistoryRecord, Version } from '../seams/commit.ts';
import type { CycleSummary, DeedFilter, HistoryStore } from '../seams/history-store.ts';
import type { MemoryState } from './memory-state.ts';

export function memoryHistoryStore({ cycles, deeds, contents }: MemoryState): HistoryStore {
  return {
    async cycles({ test = false, limit, ...filter } = {}) {
      return cycles
        .filter((cycle) => cycle.isTest === test && isWithin(cycle, filter))
        .map(({ document: _, contents: __, ...summary }): CycleSummary => summary)
        .reverse()
        .slice(0, limit);
    },
    cycle: async (cycle) => cycles[cycle - 1] ?? null,
    content: async (digest) => contents.get(digest) ?? null,
    async deeds({ dataset, site, kind, reference, limit, ...filter } = {}) {
      return deeds
        .filter((deed) => dataset === undefined || deed.dataset === dataset)
        .filter((deed) => site === undefined || deed.site === site)
        .filter((deed) => kind === undefined || deed.kind === kind)
        .filter((deed) => reference === undefined || deed.reference === reference)
        .filter((deed) => isWithin(deed, filter))
        .sort((a, b) => b.cycle - a.cycle)
        .slice(0, limit);
    },
  };
}

function isWithin(
  { cycle, time, planner }: { readonly cycle: number; readonly time: number; readonly planner: string },
  filter: DeedFilter,
): boolean {
  const { since = 0, until = Number.POSITIVE_INFINITY, before = Number.POSITIVE_INFINITY } = filter;
  return (filter.planner ?? planner) === planner && time >= since && time < until && cycle < before;
}

/** Its number. */
export function putCycle(state: MemoryState, history: HistoryRecord, version: Version): number {
  const { planner, title, time, planVersion, document, isTest = false } = history;
  const cycle = state.cycles.length + 1;
  const digests = Object.entries(history.contents ?? {}).map(([name, content]): [string, string] => {
    const digest = contentDigest(content);
    state.contents.set(digest, content.slice());
    return [name, digest];
  });
  const contents = Object.fromEntries(digests.sort(([a], [b]) => (a < b ? -1 : 1)));
  state.cycles.push({ cycle, version, planner, title, time, planVersion, document, isTest, contents });
  for (const deed of history.deeds ?? []) state.deeds.push({ ...deed, cycle, planner, title, time });
  return cycle;
}
