/**
 * The variables of the policy language as TypeScript names them: `dataset.usage_rank` is `dataset.usageRank`. From these
 * tables come the types of words (what conditions are made of) and of sights (what functions see).
 */

export const DATASET_KINDS = {
  name: 'text',
  status: 'dataset-status',
  lastUpdate: 'time',
  release: 'text',
  size: 'number',
  onTape: 'on-tape',
  numFullDiskCopy: 'number',
  lastAccess: 'time',
  usageRank: 'number',
  demandRank: 'number',
  tapeCopyRequested: 'flag',
  isLatestProductionRelease: 'flag',
  onProtectedSite: 'flag',
  unknownInAllDbs: 'flag',
  unhandledCopyExists: 'flag',
} as const;

export const REPLICA_KINDS = {
  size: 'number',
  incomplete: 'flag',
  lastBlockCreated: 'time',
  firstBlockCreated: 'time',
  numAccess: 'number',
  numFullDiskCopyCommonOwner: 'number',
  numFullOtherCopyCommonOwner: 'number',
  enforcerProtected: 'flag',
} as const;

export const BLOCK_REPLICA_KINDS = {
  owner: 'text',
  lastUpdate: 'time',
  isLocked: 'flag',
  numFullDiskCopy: 'number',
  onTape: 'flag',
  isLastTransferSource: 'flag',
  ageRelativeToNewest: 'number',
} as const;

export const SITE_KINDS = {
  name: 'text',
  status: 'site-status',
  storageType: 'storage-type',
} as const;

/** For `on`, `when` and `until` alone: a site in the partition. */
export const SITE_IN_PARTITION_KINDS = { occupancy: 'number', quota: 'number' } as const;

export type VariableKind =
  | 'text'
  | 'number'
  | 'time'
  | 'flag'
  | 'dataset-status'
  | 'on-tape'
  | 'site-status'
  | 'storage-type';

export type KindTable = Readonly<Record<string, VariableKind>>;

/** Words of enumerations are in capitals, as in policy texts. */
export interface WordsOfKind {
  readonly 'dataset-status': 'UNKNOWN' | 'DELETED' | 'DEPRECATED' | 'INVALID' | 'PRODUCTION' | 'VALID' | 'IGNORED';
  readonly 'on-tape': 'NONE' | 'PARTIAL' | 'FULL';
  readonly 'site-status': 'READY' | 'WAITROOM' | 'MORGUE' | 'UNKNOWN';
  readonly 'storage-type': 'DISK' | 'MSS' | 'BUFFER' | 'UNKNOWN';
}

/** `usageRank` is `usage_rank`. */
export function variableName(level: string, name: string): string {
  const attribute = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `${level.toLowerCase()}.${attribute}`;
}

/** And back: `dataset.usage_rank` is `dataset.usageRank`, `blockreplica.owner` is `blockReplica.owner`. */
export function wordName(variable: string): string {
  const [level = '', attribute = ''] = variable.split('.');
  const name = attribute.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return `${level === 'blockreplica' ? 'blockReplica' : level}.${name}`;
}
