/**
 * The entities as plain readonly records: what a change set carries, a store keeps and a dump spells.
 * Sizes are bytes (integers up to 2^53 - 1), times are seconds since 1970 (integers, UTC).
 */
import type { DatasetStatus, GroupLevel, ReplicaOperation, SiteStatus, StorageType } from './enumerations.ts';
import type { BlockName, DatasetName, GroupName, Lfn, PartitionName, SiteName } from './names.ts';

/** A file's stable number: never used twice, so that an LFN injected again is another file. */
export type FileId = number & { readonly __brand: 'FileId' };

/** A value that an attribute producer supplies for a dataset; a list names sites. */
export type AttributeValue = number | boolean | string | readonly string[];

/** Per protocol a list of chains; a chain is a list of [pattern, replacement]. */
export type PfnSpecification = Readonly<Record<string, readonly (readonly (readonly [string, string])[])[]>>;

export interface GroupRecord {
  readonly name: GroupName;
  readonly level: GroupLevel;
}

export interface SiteRecord {
  readonly name: SiteName;
  readonly host: string | null;
  readonly storage: StorageType;
  readonly status: SiteStatus;
  readonly backend: string | null;
  /** False after a restore or by hand: its copies do not count for the guard until a consistency check confirmed them. */
  readonly verified: boolean;
  readonly pfn: PfnSpecification;
  /** The inverse chains; without them PFNs of the site can only be looked up. */
  readonly lfn: PfnSpecification;
}

/** Either a condition over block replicas (its text), or the union of other partitions. */
export type PartitionRecord =
  | { readonly name: PartitionName; readonly condition: string }
  | { readonly name: PartitionName; readonly parts: readonly PartitionName[] };

export interface QuotaRecord {
  readonly site: SiteName;
  readonly partition: PartitionName;
  /** Negative: unlimited. */
  readonly bytes: number;
}

export interface DatasetRecord {
  readonly name: DatasetName;
  readonly status: DatasetStatus;
  readonly dataType: string | null;
  readonly softwareVersion: string | null;
  readonly lastUpdate: number;
  readonly isOpen: boolean;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface BlockRecord {
  readonly dataset: DatasetName;
  readonly name: BlockName;
  readonly size: number;
  readonly files: number;
  readonly isOpen: boolean;
  readonly lastUpdate: number;
}

export interface FileRecord {
  readonly id: FileId;
  readonly dataset: DatasetName;
  readonly block: BlockName;
  readonly lfn: Lfn;
  readonly size: number;
  /** By algorithm; adler32 in eight lower-case hexadecimal digits. */
  readonly checksums: Readonly<Record<string, string>>;
}

export interface DatasetReplicaRecord {
  readonly dataset: DatasetName;
  readonly site: SiteName;
  /** Null: the null group. */
  readonly group: GroupName | null;
  readonly growing: boolean;
}

/**
 * Which of its block's files a partial replica has. `missing` is the form of a complete replica whose block got new
 * files: the two forms together need no look-up of the block's files.
 */
export type PartialContents =
  | { readonly kind: 'present'; readonly ids: readonly FileId[] }
  | { readonly kind: 'missing'; readonly ids: readonly FileId[] }
  | { readonly kind: 'unknown' };

/** What a partial replica holds: bytes and files present, and which ones. Ids are ascending. */
export interface Partial {
  readonly size: number;
  readonly files: number;
  readonly contents: PartialContents;
}

/** What a block replica is called. */
export interface BlockReplicaKey {
  readonly dataset: DatasetName;
  readonly block: BlockName;
  readonly site: SiteName;
}

export interface BlockReplicaRecord extends BlockReplicaKey {
  readonly group: GroupName | null;
  readonly custodial: boolean;
  readonly lastUpdate: number;
  readonly operation: ReplicaOperation;
  /** Null: complete, it has every file of its block. */
  readonly partial: Partial | null;
}

/** Protects what it names from Detox; globs are allowed in all but `block`. */
export interface LockRecord {
  readonly id: number;
  readonly dataset: string;
  readonly site: string | null;
  readonly group: string | null;
  readonly block: BlockName | null;
  readonly expires: number | null;
  readonly owner: string | null;
  readonly comment: string | null;
}

/** Every entity's record, by the entity's name. */
export interface EntityRecords {
  readonly group: GroupRecord;
  readonly site: SiteRecord;
  readonly partition: PartitionRecord;
  readonly quota: QuotaRecord;
  readonly dataset: DatasetRecord;
  readonly block: BlockRecord;
  readonly file: FileRecord;
  readonly datasetReplica: DatasetReplicaRecord;
  readonly blockReplica: BlockReplicaRecord;
  readonly lock: LockRecord;
}

export type Entity = keyof EntityRecords;

/** In the order in which records may be added: each refers only to entities before it. */
export const ENTITIES: readonly Entity[] = [
  'group',
  'site',
  'partition',
  'quota',
  'dataset',
  'block',
  'file',
  'datasetReplica',
  'blockReplica',
  'lock',
];

/** One record with its kind: a line of a dump, a row of a store. */
export type InventoryRecord = {
  readonly [E in Entity]: { readonly entity: E; readonly record: EntityRecords[E] };
}[Entity];
