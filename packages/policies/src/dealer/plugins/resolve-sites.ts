import { compileGlob, isGlob, NO_ROW } from '@dynamo/core';
import type { DealerContext } from '../dealer-plugin.ts';

export interface ResolvedSites {
  /** In the order of their names. */
  readonly rows: readonly number[];
  /** `[row]` for each of them, to be shared by proposals. */
  readonly single: readonly (readonly number[])[];
  /** Patterns that name nothing, in words. */
  readonly faults: readonly string[];
}

/** Names or globs. */
export function resolveSites(
  { tables, sites }: Pick<DealerContext, 'tables' | 'sites'>,
  patterns: readonly string[],
): ResolvedSites {
  const chosen = new Set<number>();
  const faults: string[] = [];
  for (const pattern of patterns) {
    const before = chosen.size;
    if (isGlob(pattern)) {
      const glob = compileGlob(pattern);
      if (!glob.ok) {
        faults.push(`sites ${pattern}: ${glob.message}`);
        continue;
      }
      const matching = sites.filter((row) => glob.matches(tables.sites.get(row)?.name ?? ''));
      for (const row of matching) chosen.add(row);
      if (matching.length === 0) faults.push(`no site matches ${pattern}`);
    } else {
      const row = tables.sites.find(pattern);
      if (row !== NO_ROW) chosen.add(row);
      else if (before === chosen.size) faults.push(`there is no site ${pattern}`);
    }
  }
  const rows = sites.filter((row) => chosen.has(row));
  return { rows, single: rows.map((row) => [row]), faults };
}
