/** What the conditions of a rule may ask of a replica at a source site, and how the values are read. */
import {
  type AttributeColumn,
  type CheckedCondition,
  type CheckedPredicate,
  compilePredicate,
  type InventoryTables,
  NO_ROW,
  REPLICA_FLAG,
  replicaVariables,
  SITE_STATUSES,
  STORAGE_TYPES,
  type TextColumn,
  type VariableBinder,
  VariableCatalogue,
} from '@dynamo/core';
import { attributeReader, datasetBinder } from '../dataset-conditions.ts';

const REPLICA_VARIABLES: ReadonlySet<string> = new Set([
  'replica.size',
  'replica.incomplete',
  'replica.last_block_created',
  'replica.first_block_created',
  'replica.num_access',
  'blockreplica.owner',
  'blockreplica.last_update',
]);

/** Those of the policy language, without what only a Detox run can know. */
export function ruleVariables(): VariableCatalogue {
  const known = replicaVariables()
    .variables()
    .filter(({ name, level }) => level === 'dataset' || level === 'site' || REPLICA_VARIABLES.has(name));
  return new VariableCatalogue({ purpose: 'a condition of a rule', clock: true }, known);
}

export interface CompiledRuleCondition {
  /** Whether all that it says of the dataset itself holds. */
  ofDataset(dataset: number): boolean;
  /** Whether it says anything of the replica or its site; if not, `ofReplica` is true everywhere. */
  readonly asksReplica: boolean;
  /** The rest: predicates about block replicas hold if some block replica satisfies them. */
  ofReplica(dataset: number, site: number): boolean;
}

export function compileRuleCondition(
  tables: InventoryTables,
  condition: CheckedCondition,
  attributes: ReadonlyMap<string, AttributeColumn>,
): CompiledRuleCondition {
  if (!condition.active) return { ofDataset: () => false, asksReplica: false, ofReplica: () => false };
  const dataset = datasetBinder(tables, attributes);
  const of = (levels: readonly string[]): CheckedPredicate[] =>
    condition.predicates.filter(({ level }) => levels.includes(level));
  const asked = { dataset: 0, site: 0 };
  const replica = replicaBinder(tables, attributes, asked);
  const block = blockReplicaBinder(tables);
  const datasetTests = of(['dataset']).map((each) => compilePredicate(each, dataset));
  const replicaTests = of(['replica', 'site']).map((each) => compilePredicate(each, replica));
  const blockTests = of(['blockreplica']).map((each) => compilePredicate(each, block));
  return {
    ofDataset: (row) => datasetTests.every((holds) => holds(row)),
    asksReplica: replicaTests.length + blockTests.length > 0,
    ofReplica(row, site) {
      asked.dataset = row;
      asked.site = site;
      if (!replicaTests.every((holds) => holds(site))) return false;
      return blockTests.every((holds) => {
        for (const blockReplica of blockReplicasAt(tables, row, site)) if (holds(blockReplica)) return true;
        return false;
      });
    },
  };
}

/** Rows are those of sites; what is about the replica is read of the one asked about. */
function replicaBinder(
  tables: InventoryTables,
  attributes: ReadonlyMap<string, AttributeColumn>,
  asked: { readonly dataset: number; readonly site: number },
): VariableBinder {
  const { sites, blockReplicas: replicas } = tables;
  const fold = (start: number, step: (value: number, row: number) => number) => (): number => {
    let value = start;
    for (const row of blockReplicasAt(tables, asked.dataset, asked.site)) value = step(value, row);
    return Number.isFinite(value) ? value : 0;
  };
  const numbers: Readonly<Record<string, () => number>> = {
    'replica.size': fold(0, (bytes, row) => bytes + replicas.size(row)),
    'replica.incomplete': fold(0, (some, row) => some | (replicas.flags.get(row) & REPLICA_FLAG.partial)),
    'replica.last_block_created': fold(0, (time, row) => Math.max(time, replicas.lastUpdate.get(row))),
    'replica.first_block_created': fold(Number.POSITIVE_INFINITY, (time, row) =>
      Math.min(time, replicas.lastUpdate.get(row)),
    ),
  };
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
  return {
    numeric(variable) {
      const read = numbers[variable.name];
      if (read !== undefined) return read;
      const attribute = attributeReader(tables, variable, attributes);
      return () => attribute(asked.dataset);
    },
    text: (variable) => texts[variable.name] ?? { code: () => 0, text: () => '' },
  };
}

/** Rows are those of block replicas. */
function blockReplicaBinder({ blockReplicas, groups }: InventoryTables): VariableBinder {
  return {
    numeric: () => (row) => blockReplicas.lastUpdate.get(row),
    text: () => ({ code: (row) => blockReplicas.group.get(row), text: (code) => groups.get(code)?.name ?? 'None' }),
  };
}

/** Those that are not being deleted. */
function* blockReplicasAt(
  { datasets, blocks, blockReplicas }: InventoryTables,
  dataset: number,
  site: number,
): Generator<number> {
  for (let block = datasets.firstBlock.get(dataset); block !== NO_ROW; block = blocks.nextOfDataset.get(block)) {
    const row = blockReplicas.find(block, site);
    if (row !== NO_ROW && (blockReplicas.flags.get(row) & REPLICA_FLAG.deletionOpen) === 0) yield row;
  }
}
