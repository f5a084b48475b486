/**
 * The reading interface of one version: names and small view objects. It is the level for questions and for policies: a
 * scan of the whole inventory takes up to three times as long as by row numbers. Use `tables` for what runs over every
 * replica in each cycle, and where rows have to be sorted or kept: a view object is made to be looked at, not held.
 */
import type { DatasetStatus, ReplicaOperation, SiteStatus, StorageType } from '../model/enumerations.ts';
import type { BlockName, DatasetName, GroupName, PartitionName, SiteName } from '../model/names.ts';
import type {
  AttributeValue,
  BlockRecord,
  BlockReplicaKey,
  BlockReplicaRecord,
  DatasetRecord,
  DatasetReplicaRecord,
  Entity,
  EntityRecords,
  GroupRecord,
  LockRecord,
  PartialContents,
  PartitionRecord,
  SiteRecord,
} from '../model/records.ts';
import type { Counters, Version } from '../seams/commit.ts';
import type { InventoryTables } from './tables.ts';

/** A consistent picture of the whole inventory. Using it after `close` throws `closed`. */
export interface InventoryView extends Disposable {
  readonly version: Version;
  readonly counters: Counters;
  /** The lower level: columns by row number. Row numbers mean nothing outside this view. */
  readonly tables: InventoryTables;

  dataset(name: string): DatasetView | undefined;
  site(name: string): SiteView | undefined;
  group(name: string): GroupRecord | undefined;
  partition(name: string): PartitionRecord | undefined;
  datasets(): Iterable<DatasetView>;
  sites(): Iterable<SiteView>;
  groups(): Iterable<GroupRecord>;
  partitions(): Iterable<PartitionRecord>;
  locks(): Iterable<LockRecord>;
  /** The record of an entity by its key (`keyOf`), or null. Files are not in memory: always null for `file`. */
  record<E extends Entity>(entity: E, key: string): EntityRecords[E] | null;

  /**
   * The records of many block replicas, in the order of their keys: null where there is none. Quicker than one by one,
   * since they are looked up together; the keys are read a few dozen ahead. In a draft each is as it is when its turn comes.
   */
  blockReplicaRecords(keys: Iterable<BlockReplicaKey>): Iterable<BlockReplicaRecord | null>;

  close(): void;
  /** Aborted when the view is closed against its holder's will, because it kept too much of older versions. */
  readonly ended: AbortSignal;
}

export interface DatasetView {
  readonly name: DatasetName;
  readonly status: DatasetStatus;
  readonly dataType: string | null;
  readonly softwareVersion: string | null;
  readonly lastUpdate: number;
  readonly isOpen: boolean;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Bytes and files of all its blocks. */
  readonly size: number;
  readonly files: number;
  blocks(): Iterable<BlockView>;
  block(name: string): BlockView | undefined;
  replicas(): Iterable<DatasetReplicaView>;
  replica(site: string): DatasetReplicaView | undefined;
  toRecord(): DatasetRecord;
}

export interface BlockView {
  readonly dataset: DatasetView;
  readonly name: BlockName;
  readonly size: number;
  readonly files: number;
  readonly isOpen: boolean;
  readonly lastUpdate: number;
  /** Complete replicas without an open deletion, at any site. */
  readonly completeCopies: number;
  replicas(): Iterable<BlockReplicaView>;
  replica(site: string): BlockReplicaView | undefined;
  toRecord(): BlockRecord;
}

export interface BlockReplicaView {
  readonly block: BlockView;
  readonly site: SiteView;
  readonly group: GroupName | null;
  readonly isComplete: boolean;
  readonly isCustodial: boolean;
  readonly lastUpdate: number;
  readonly operation: ReplicaOperation;
  /** Bytes and files present. */
  readonly size: number;
  readonly files: number;
  /** Null: complete. */
  readonly contents: PartialContents | null;
  toRecord(): BlockReplicaRecord;
}

export interface DatasetReplicaView {
  readonly dataset: DatasetView;
  readonly site: SiteView;
  readonly group: GroupName | null;
  readonly growing: boolean;
  /** Has every block of the dataset, all complete, no deletion open. */
  readonly isFull: boolean;
  /** Bytes present. */
  readonly size: number;
  blockReplicas(): Iterable<BlockReplicaView>;
  toRecord(): DatasetReplicaRecord;
}

export interface SiteView {
  readonly name: SiteName;
  readonly host: string | null;
  readonly storage: StorageType;
  readonly status: SiteStatus;
  readonly isVerified: boolean;
  /** Scans the whole inventory once. */
  blockReplicas(): Iterable<BlockReplicaView>;
  datasetReplicas(): Iterable<DatasetReplicaView>;
  /** Bytes, usage and occupancy in one partition. */
  usage(partition: string): SitePartitionUsage;
  toRecord(): SiteRecord;
}

/** What a site partition holds, in bytes. */
export interface SitePartitionUsage {
  readonly partition: PartitionName;
  /** Null: none was ever stated. Negative: unlimited. A union's is the sum of its parts'. */
  readonly quota: number | null;
  readonly physical: number;
  /** With every open operation carried out. */
  readonly projected: number;
  /** physical / quota; Infinity where the quota is 0 or not stated, 0 where it is negative. */
  readonly occupancy: number;
}
