/** Conditions over sites, any of which will do: destinations, sources, the places of rules. */
import {
  compileCondition,
  type Diagnostic,
  formatDiagnosticHeading,
  type InventoryTables,
  inputError,
  NO_ROW,
  occupancyOf,
  readCondition,
  SITE_STATUSES,
  STORAGE_TYPES,
  siteVariables,
  type TextColumn,
  type VariableBinder,
} from '@dynamo/core';

export interface SiteConditionOptions {
  readonly now: number;
  /** Of `site.occupancy` and `site.quota`; null: those are refused. */
  readonly partition: string | null;
  /** Where the conditions stand in the configuration: `target_sites`. */
  readonly path: string;
}

/** By site row: 1 where some condition holds. Throws `invalid-input` for conditions that do not hold up. */
export function matchSites(
  tables: InventoryTables,
  conditions: readonly string[],
  { now, partition, path }: SiteConditionOptions,
): Uint8Array {
  const binder = siteBinder(tables, partition, path);
  const predicates = conditions.map((text, i) => {
    const outcome = readCondition(text, siteVariables(), { nowSeconds: now });
    if (!outcome.ok) throw conditionError(outcome.diagnostics, `${path}[${i}]`);
    return compileCondition(outcome.value, binder);
  });
  const matched = new Uint8Array(tables.sites.rows);
  for (let row = 0; row < tables.sites.rows; row++) {
    if (tables.sites.get(row) !== undefined && predicates.some((holds) => holds(row))) matched[row] = 1;
  }
  return matched;
}

export function conditionError(diagnostics: readonly Diagnostic[], path: string): Error {
  const faults = diagnostics.map((fault) => formatDiagnosticHeading({ ...fault, file: undefined }));
  return inputError({ what: faults.join('; '), where: { path } });
}

function siteBinder(
  { sites, partitions, sitePartitions }: InventoryTables,
  partition: string | null,
  path: string,
): VariableBinder {
  const partitionRow = partition === null ? NO_ROW : partitions.find(partition);
  const quota = (row: number): number => sitePartitions.quota(row, partitionRow) ?? 0;
  const texts: Readonly<Record<string, TextColumn>> = {
    'site.name': { code: (row) => row, text: (code) => sites.get(code)?.name ?? '' },
    'site.status': {
      code: (row) => SITE_STATUSES.indexOf(sites.get(row)?.status ?? 'unknown'),
      text: (code) => SITE_STATUSES[code] ?? '',
    },
    'site.storage_type': {
      code: (row) => STORAGE_TYPES.indexOf(sites.get(row)?.storage ?? 'unknown'),
      text: (code) => STORAGE_TYPES[code] ?? '',
    },
  };
  const numbers: Readonly<Record<string, (row: number) => number>> = {
    'site.occupancy': (row) =>
      occupancyOf(sitePartitions.physical(row, partitionRow), sitePartitions.quota(row, partitionRow)),
    'site.quota': quota,
    always: () => 1,
    never: () => 0,
  };
  return {
    numeric(variable) {
      if (partitionRow === NO_ROW && variable.name.startsWith('site.')) {
        throw inputError({
          what: `\`${variable.name}\` is about a partition, and none is given`,
          where: { path },
          hint: 'set `partition`',
        });
      }
      return numbers[variable.name] ?? (() => 0);
    },
    text: (variable) => texts[variable.name] ?? { code: () => 0, text: () => '' },
  };
}
