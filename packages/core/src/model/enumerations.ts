/** The closed sets of words of the data model. An index into one of these arrays is the code stored in a column. */

export const STORAGE_TYPES = ['disk', 'mss', 'buffer', 'unknown'] as const;
export type StorageType = (typeof STORAGE_TYPES)[number];

export const SITE_STATUSES = ['ready', 'waitroom', 'morgue', 'unknown'] as const;
export type SiteStatus = (typeof SITE_STATUSES)[number];

export const DATASET_STATUSES = [
  'unknown',
  'deleted',
  'deprecated',
  'invalid',
  'production',
  'valid',
  'ignored',
] as const;
export type DatasetStatus = (typeof DATASET_STATUSES)[number];

export const GROUP_LEVELS = ['dataset', 'block'] as const;
export type GroupLevel = (typeof GROUP_LEVELS)[number];

/** What is open on a block replica: nothing, a copy to it, or its deletion. */
export const REPLICA_OPERATIONS = ['none', 'copy', 'delete'] as const;
export type ReplicaOperation = (typeof REPLICA_OPERATIONS)[number];
