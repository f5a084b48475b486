/** Conditions over datasets, any of which will do: what placement rules and plug-ins choose datasets by. */
import {
  type AttributeColumn,
  attributeName,
  compileCondition,
  DATASET_STATUSES,
  type InventoryTables,
  NO_ROW,
  REPLICA_FLAG,
  readCondition,
  replicaVariables,
  type TextColumn,
  type VariableBinder,
  VariableCatalogue,
  type VariableDefinition,
} from '@dynamo/core';
import { conditionError } from './site-conditions.ts';

export interface DatasetConditionOptions {
  readonly now: number;
  readonly path: string;
  /** Values of producers, by the name of the variable; stored attributes stand in where nothing was loaded. */
  readonly attributes?: ReadonlyMap<string, AttributeColumn>;
}

/** By row of datasets. Throws `invalid-input` for conditions that do not hold up. */
export function compileDatasetConditions(
  tables: InventoryTables,
  conditions: readonly string[],
  { now, path, attributes = new Map() }: DatasetConditionOptions,
): (dataset: number) => boolean {
  const binder = datasetBinder(tables, attributes);
  const catalogue = datasetVariables();
  const predicates = conditions.map((text, i) => {
    const outcome = readCondition(text, catalogue, { nowSeconds: now });
    if (!outcome.ok) throw conditionError(outcome.diagnostics, `${path}[${i}]`);
    return compileCondition(outcome.value, binder);
  });
  return (dataset) => {
    for (let i = 0; i < predicates.length; i++) if (predicates[i]?.(dataset)) return true;
    return false;
  };
}

/** Those of the policy language that are about the dataset alone. */
export function datasetVariables(): VariableCatalogue {
  const all = replicaVariables().variables();
  return new VariableCatalogue(
    { purpose: 'a condition over datasets', clock: true },
    all.filter(({ level }) => level === 'dataset'),
  );
}

const TAPE_WORDS = ['NONE', 'PARTIAL', 'FULL'] as const;

/** Rows are those of datasets. Copies are counted over the whole inventory, since there is no partition image here. */
export function datasetBinder(
  tables: InventoryTables,
  attributes: ReadonlyMap<string, AttributeColumn>,
): VariableBinder {
  const { datasets } = tables;
  const releases = new Map<string, number>();
  const releaseTexts: string[] = [];
  const texts: Readonly<Record<string, TextColumn>> = {
    'dataset.name': { code: (row) => row, text: (code) => datasets.name.get(code) ?? '' },
    'dataset.status': { code: (row) => datasets.status.get(row), text: (code) => DATASET_STATUSES[code] ?? '' },
    'dataset.release': {
      code(row) {
        const release = datasets.softwareVersion.get(row) ?? '';
        const known = releases.get(release);
        if (known !== undefined) return known;
        releases.set(release, releaseTexts.length);
        return releaseTexts.push(release) - 1;
      },
      text: (code) => releaseTexts[code] ?? '',
    },
    'dataset.on_tape': { code: (row) => onTape(tables, row), text: (code) => TAPE_WORDS[code] ?? 'NONE' },
  };
  const numbers: Readonly<Record<string, (row: number) => number>> = {
    'dataset.last_update': (row) => datasets.lastUpdate.get(row),
    'dataset.size': (row) => datasets.size.get(row),
    'dataset.num_full_disk_copy': (row) =>
      countFull(
        tables,
        row,
        (site) => tables.sites.get(site)?.storage === 'disk' && tables.sites.get(site)?.status === 'ready',
      ),
  };
  return {
    numeric: (variable) => numbers[variable.name] ?? attributeReader(tables, variable, attributes),
    text: (variable) => texts[variable.name] ?? { code: () => 0, text: () => '' },
  };
}

/** By row of datasets: true counts as 1, what is missing as 0. */
export function attributeReader(
  { datasets }: InventoryTables,
  variable: VariableDefinition,
  attributes: ReadonlyMap<string, AttributeColumn>,
): (row: number) => number {
  const name = attributeName(variable);
  const produced = attributes.get(variable.name);
  return (row) => {
    const value =
      produced === undefined ? datasets.attributes.get(row)?.[name] : produced.get(datasets.name.get(row) ?? '');
    return typeof value === 'number' ? value : value === true ? 1 : 0;
  };
}

/** Sites, of those that count, where every block of the dataset is complete and not being deleted. */
function countFull(tables: InventoryTables, dataset: number, counts: (site: number) => boolean): number {
  const { datasets, datasetReplicas } = tables;
  let full = 0;
  for (let row = datasets.firstReplica.get(dataset); row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
    const site = datasetReplicas.site.get(row);
    if (counts(site) && isFullAt(tables, dataset, site)) full += 1;
  }
  return full;
}

function isFullAt({ datasets, blocks, blockReplicas }: InventoryTables, dataset: number, site: number): boolean {
  let any = false;
  for (let block = datasets.firstBlock.get(dataset); block !== NO_ROW; block = blocks.nextOfDataset.get(block)) {
    const row = blockReplicas.find(block, site);
    if (row === NO_ROW) return false;
    if ((blockReplicas.flags.get(row) & (REPLICA_FLAG.partial | REPLICA_FLAG.deletionOpen)) !== 0) return false;
    any = true;
  }
  return any;
}

function onTape(tables: InventoryTables, dataset: number): number {
  const { datasets, datasetReplicas, sites } = tables;
  let some = false;
  for (let row = datasets.firstReplica.get(dataset); row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
    const site = datasetReplicas.site.get(row);
    if (sites.get(site)?.storage !== 'mss') continue;
    some = true;
    if (isFullAt(tables, dataset, site)) return 2;
  }
  return some ? 1 : 0;
}
