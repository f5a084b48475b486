import { DATASET_STATUSES, SITE_STATUSES, STORAGE_TYPES } from '../model/enumerations.ts';
import type { VariableDefinition, VariableLevel, VariableSource, VariableType } from './variable.ts';
import { VariableCatalogue } from './variable-catalogue.ts';

/** What partitions are defined in: facts stored about a block replica, its dataset and its site; no clock. */
export function partitionVariables(): VariableCatalogue {
  return new VariableCatalogue({ purpose: 'a partition condition', clock: false }, [
    ...storedDatasetVariables(),
    ...storedBlockReplicaVariables(),
    ...storedSiteVariables(),
  ]);
}

/** What a line of a deletion policy, or a rule over replicas, may use. */
export function replicaVariables(): VariableCatalogue {
  return new VariableCatalogue({ purpose: 'a condition over replicas', clock: true }, [
    ...storedDatasetVariables(),
    ...datasetVariables(),
    ...replicaLevelVariables(),
    ...storedBlockReplicaVariables(),
    ...blockReplicaVariables(),
    ...storedSiteVariables(),
  ]);
}

/** What a condition over the sites of a partition may use: `On`, `When`, `Until`, and targets. */
export function siteVariables(): VariableCatalogue {
  const { boolean, number } = types();
  return new VariableCatalogue({ purpose: 'a site condition', clock: true }, [
    ...storedSiteVariables(),
    define('site', 'occupancy', number, 'image', 'physical bytes / quota: infinite for quota 0, 0 for a negative one'),
    define('site', 'quota', number, 'stored', 'quota of the partition at the site, in bytes'),
    { name: 'always', level: 'site', type: boolean, source: 'stored', description: 'true' },
    { name: 'never', level: 'site', type: boolean, source: 'stored', description: 'false' },
  ]);
}

function storedDatasetVariables(): VariableDefinition[] {
  const { text, time } = types();
  return [
    define('dataset', 'name', text, 'stored', 'name of the dataset'),
    define('dataset', 'status', words(DATASET_STATUSES), 'stored', 'status of the dataset'),
    define('dataset', 'last_update', time, 'stored', 'when the dataset last changed'),
    define('dataset', 'release', text, 'stored', 'software version'),
  ];
}

function storedBlockReplicaVariables(): VariableDefinition[] {
  const { text, time } = types();
  return [
    define('blockreplica', 'owner', text, 'stored', 'owning group, `None` for the null group'),
    define('blockreplica', 'last_update', time, 'stored', 'when the block replica last changed'),
  ];
}

function storedSiteVariables(): VariableDefinition[] {
  return [
    define('site', 'name', types().text, 'stored', 'name of the site'),
    define('site', 'status', words(SITE_STATUSES), 'stored', 'status of the site'),
    define('site', 'storage_type', words(STORAGE_TYPES), 'stored', 'kind of storage; MSS is tape'),
  ];
}

function datasetVariables(): VariableDefinition[] {
  const { boolean, number, time } = types();
  return [
    define('dataset', 'size', number, 'stored', 'bytes of all its blocks'),
    define(
      'dataset',
      'on_tape',
      words(['none', 'partial', 'full']),
      'image',
      'whether a replica, a full one, is on tape',
    ),
    define('dataset', 'num_full_disk_copy', number, 'image', 'full replicas on ready disk sites'),
    define('dataset', 'last_access', time, 'producer', 'when a file of it was last read'),
    define('dataset', 'usage_rank', number, 'producer', 'the higher, the less it is used'),
    define('dataset', 'demand_rank', number, 'producer', 'the higher, the less it is asked for'),
    define('dataset', 'tape_copy_requested', boolean, 'producer', 'a copy to tape is asked for'),
    define('dataset', 'is_latest_production_release', boolean, 'producer', 'made with the latest production release'),
    define('dataset', 'on_protected_site', boolean, 'producer', 'has a replica at a protected site'),
    define('dataset', 'unknown_in_all_dbs', boolean, 'producer', 'no outside catalogue knows it'),
    define('dataset', 'unhandled_copy_exists', boolean, 'producer', 'a request for a copy of it is not handled yet'),
  ];
}

function replicaLevelVariables(): VariableDefinition[] {
  const { boolean, number, time } = types();
  return [
    define('replica', 'size', number, 'image', 'physical bytes of its block replicas under consideration'),
    define('replica', 'incomplete', boolean, 'image', 'some block replica under consideration is incomplete'),
    define('replica', 'last_block_created', time, 'image', 'newest last_update of its block replicas'),
    define('replica', 'first_block_created', time, 'image', 'oldest last_update of its block replicas'),
    define('replica', 'num_access', number, 'producer', 'accesses of the dataset'),
    define(
      'replica',
      'num_full_disk_copy_common_owner',
      number,
      'image',
      'full replicas on ready disk, sharing an owner',
    ),
    define(
      'replica',
      'num_full_other_copy_common_owner',
      number,
      'image',
      'full ones at other ready sites, sharing an owner',
    ),
    define('replica', 'enforcer_protected', boolean, 'producer', 'an enforcer rule needs it'),
  ];
}

function blockReplicaVariables(): VariableDefinition[] {
  const { boolean, number } = types();
  return [
    define('blockreplica', 'is_locked', boolean, 'stored', 'a lock in force names it'),
    define('blockreplica', 'num_full_disk_copy', number, 'image', 'complete replicas of the block, at any site'),
    define('blockreplica', 'on_tape', boolean, 'image', 'it is complete, and a complete one is on tape'),
    define(
      'blockreplica',
      'is_last_transfer_source',
      boolean,
      'image',
      'the only complete one on ready disk, being copied',
    ),
    define(
      'blockreplica',
      'age_relative_to_newest',
      number,
      'image',
      'seconds by which the newest last_update is later',
    ),
  ];
}

function define(
  level: VariableLevel,
  attribute: string,
  type: VariableType,
  source: VariableSource,
  description: string,
): VariableDefinition {
  return { name: `${level}.${attribute}`, level, type, source, description };
}

function words(values: readonly string[]): VariableType {
  return { kind: 'enum', values: values.map((value) => value.toUpperCase()) };
}

function types(): Readonly<Record<'text' | 'number' | 'time' | 'boolean', VariableType>> {
  return { text: { kind: 'text' }, number: { kind: 'number' }, time: { kind: 'time' }, boolean: { kind: 'boolean' } };
}
