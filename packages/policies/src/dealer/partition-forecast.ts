/** Which partitions a block replica that is not there yet would be in: their conditions, asked about what would be. */
import {
  checkPartition,
  compilePredicate,
  DATASET_STATUSES,
  DynamoError,
  type InventoryTables,
  NO_ROW,
  type RowPredicate,
  SITE_STATUSES,
  STORAGE_TYPES,
  type TextColumn,
  type VariableBinder,
  type VariableDefinition,
} from '@dynamo/core';

export interface PartitionForecast {
  /** Rows of the partitions with a condition, in row order; unions follow from them. */
  readonly bases: readonly number[];
  /** Of each partition row, the positions in `bases` of what it is the union of: itself, if it has a condition. */
  readonly parts: readonly (readonly number[])[];
  /** Of a replica owned by the group, at the site, in `bases[position]`: as far as it holds for every dataset. */
  outlook(position: number, groupRow: number, siteRow: number): Outlook;
  /** Whether a replica of the dataset, owned by the group, at the site would be in `bases[position]`. */
  wouldBeIn(position: number, datasetRow: number, groupRow: number, siteRow: number): boolean;
}

export type Outlook = 'out' | 'in' | 'depends on the dataset';

const UNKNOWN = 0;
const OUTLOOKS: readonly Outlook[] = ['out', 'in', 'depends on the dataset'];

/** `now`: what `blockreplica.last_update` would be. */
export function forecastPartitions(tables: InventoryTables, now: number): PartitionForecast {
  const { partitions, groups, sites } = tables;
  const bases: number[] = [];
  /** By position: what is asked of the owner and the site, and what of the dataset. */
  const placeTests: (readonly RowPredicate[])[] = [];
  const datasetTests: (readonly RowPredicate[])[] = [];
  /** By position, then by group and site: 1 and the place in OUTLOOKS. */
  const remembered: Uint8Array[] = [];
  const asked = { dataset: 0, group: 0, site: 0 };
  const binder = hypotheticalBinder(tables, asked, now);
  for (let row = 0; row < partitions.rows; row++) {
    const partition = partitions.get(row);
    if (partition === undefined || !('condition' in partition)) continue;
    const { predicates } = checkPartition(partition.name, partition.condition);
    const compiled = (ofDataset: boolean): RowPredicate[] =>
      predicates
        .filter(({ level }) => (level === 'dataset') === ofDataset)
        .map((each) => compilePredicate(each, binder));
    bases.push(row);
    placeTests.push(compiled(false));
    datasetTests.push(compiled(true));
    remembered.push(new Uint8Array(groups.rows * sites.rows));
  }

  function outlook(position: number, groupRow: number, siteRow: number): Outlook {
    const memory = remembered[position] as Uint8Array;
    const slot = groupRow * sites.rows + siteRow;
    const known = memory[slot] as number;
    if (known !== UNKNOWN) return OUTLOOKS[known - 1] as Outlook;
    asked.group = groupRow;
    asked.site = siteRow;
    const fits = placeTests[position]?.every((holds) => holds(0)) === true;
    const found = !fits ? 0 : datasetTests[position]?.length === 0 ? 1 : 2;
    memory[slot] = found + 1;
    return OUTLOOKS[found] as Outlook;
  }

  return {
    bases,
    parts: Array.from({ length: partitions.rows }, (_, row) => [...new Set(positionsOf(tables, row, bases))]),
    outlook,
    wouldBeIn(position, datasetRow, groupRow, siteRow) {
      const found = outlook(position, groupRow, siteRow);
      if (found !== 'depends on the dataset') return found === 'in';
      asked.dataset = datasetRow;
      return datasetTests[position]?.every((holds) => holds(0)) === true;
    },
  };
}

function positionsOf({ partitions }: InventoryTables, row: number, bases: readonly number[]): number[] {
  const partition = partitions.get(row);
  if (partition === undefined) return [];
  if ('condition' in partition) return [bases.indexOf(row)];
  return partition.parts.flatMap((part) => {
    const found = partitions.find(part);
    return found === NO_ROW ? [] : positionsOf({ partitions } as InventoryTables, found, bases);
  });
}

/** There is one row, whatever its number: the one asked about. */
function hypotheticalBinder(
  { datasets, groups, sites }: InventoryTables,
  asked: { readonly dataset: number; readonly group: number; readonly site: number },
  now: number,
): VariableBinder {
  const releases = new Map<string, number>();
  const releaseTexts: string[] = [];
  const site = (): ReturnType<typeof sites.get> => sites.get(asked.site);
  const texts: Readonly<Record<string, TextColumn>> = {
    'dataset.name': { code: () => asked.dataset, text: (code) => datasets.name.get(code) ?? '' },
    'dataset.status': {
      code: () => datasets.status.get(asked.dataset),
      text: (code) => DATASET_STATUSES[code] ?? '',
    },
    'dataset.release': {
      code: () => {
        const release = datasets.softwareVersion.get(asked.dataset) ?? '';
        const known = releases.get(release);
        if (known !== undefined) return known;
        releases.set(release, releaseTexts.length);
        return releaseTexts.push(release) - 1;
      },
      text: (code) => releaseTexts[code] ?? '',
    },
    'blockreplica.owner': { code: () => asked.group, text: (code) => groups.get(code)?.name ?? 'None' },
    'site.name': { code: () => asked.site, text: (code) => sites.get(code)?.name ?? '' },
    'site.status': {
      code: () => SITE_STATUSES.indexOf(site()?.status ?? 'unknown'),
      text: (code) => SITE_STATUSES[code] ?? '',
    },
    'site.storage_type': {
      code: () => STORAGE_TYPES.indexOf(site()?.storage ?? 'unknown'),
      text: (code) => STORAGE_TYPES[code] ?? '',
    },
  };
  const numbers: Readonly<Record<string, () => number>> = {
    'dataset.last_update': () => datasets.lastUpdate.get(asked.dataset),
    'blockreplica.last_update': () => now,
  };
  return {
    numeric: (variable) => numbers[variable.name] ?? unknown(variable),
    text: (variable) => texts[variable.name] ?? unknown(variable),
  };
}

function unknown(variable: VariableDefinition): never {
  throw new DynamoError('internal', `${variable.name} is allowed in partition conditions but cannot be forecast`);
}
