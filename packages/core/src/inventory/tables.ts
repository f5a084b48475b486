/**
 * The lower level of a view: rows of columns. A row number is only good for the view it came from. Scans read the
 * columns (`column.get(row)`), one row after the other from 0 to `rows`, leaving out those that are not live.
 */
import type {
  AttributeValue,
  GroupRecord,
  Partial as PartialReplica,
  PartitionRecord,
  SiteRecord,
} from '../model/records.ts';

/** No row: the end of a chain, a name that is not there. */
export const NO_ROW = 0xffff_ffff;

export interface ReadColumn {
  get(row: number): number;
  /** Rows from `4096 * index` on; undefined past the end. Do not write to it. */
  page(index: number): ArrayLike<number> | undefined;
}

export interface ReadObjects<T> {
  get(row: number): T | undefined;
}

/** Codes in `status` index DATASET_STATUSES. */
export interface DatasetTable {
  /** One past the highest row in use. */
  readonly rows: number;
  isLive(row: number): boolean;
  find(name: string): number;
  readonly name: ReadObjects<string>;
  readonly status: ReadColumn;
  readonly lastUpdate: ReadColumn;
  readonly isOpen: ReadColumn;
  readonly softwareVersion: ReadObjects<string>;
  readonly dataType: ReadObjects<string>;
  readonly attributes: ReadObjects<Readonly<Record<string, AttributeValue>>>;
  readonly firstBlock: ReadColumn;
  readonly firstReplica: ReadColumn;
  /** Bytes, files and number of the dataset's blocks. */
  readonly size: ReadColumn;
  readonly blocks: ReadColumn;
}

export interface BlockTable {
  readonly rows: number;
  isLive(row: number): boolean;
  find(datasetRow: number, name: string): number;
  name(row: number): string;
  readonly dataset: ReadColumn;
  readonly size: ReadColumn;
  readonly files: ReadColumn;
  readonly lastUpdate: ReadColumn;
  readonly isOpen: ReadColumn;
  readonly firstReplica: ReadColumn;
  readonly nextOfDataset: ReadColumn;
  /** Complete replicas without an open deletion, at any site. */
  readonly completeCopies: ReadColumn;
}

export interface BlockReplicaTable {
  readonly rows: number;
  isLive(row: number): boolean;
  find(blockRow: number, siteRow: number): number;
  readonly block: ReadColumn;
  readonly site: ReadColumn;
  /** A row of `groups`; 0 is the null group. */
  readonly group: ReadColumn;
  readonly lastUpdate: ReadColumn;
  /** Bits: see REPLICA_FLAG. */
  readonly flags: ReadColumn;
  readonly nextOfBlock: ReadColumn;
  /** Undefined where complete. */
  readonly partial: ReadObjects<PartialReplica>;
  /** Bytes present. */
  size(row: number): number;
  /** Files present. */
  files(row: number): number;
  /** Whether the replica is in the partition of that row of `partitions`, unions included. */
  isIn(row: number, partitionRow: number): boolean;
}

export const REPLICA_FLAG = { custodial: 1, partial: 2, copyOpen: 4, deletionOpen: 8 } as const;

export interface DatasetReplicaTable {
  readonly rows: number;
  isLive(row: number): boolean;
  find(datasetRow: number, siteRow: number): number;
  readonly dataset: ReadColumn;
  readonly site: ReadColumn;
  readonly group: ReadColumn;
  readonly growing: ReadColumn;
  readonly nextOfDataset: ReadColumn;
}

/** A few hundred rows at the most, as records. */
export interface SmallTable<R> {
  readonly rows: number;
  get(row: number): R | undefined;
  find(name: string): number;
}

/** Bytes by site row and partition row. */
export interface SitePartitionTable {
  physical(siteRow: number, partitionRow: number): number;
  projected(siteRow: number, partitionRow: number): number;
  /** Null: never stated; a union is stated if one of its parts is. */
  quota(siteRow: number, partitionRow: number): number | null;
}

export interface InventoryTables {
  readonly datasets: DatasetTable;
  readonly blocks: BlockTable;
  readonly blockReplicas: BlockReplicaTable;
  readonly datasetReplicas: DatasetReplicaTable;
  readonly sites: SmallTable<SiteRecord>;
  /** Row 0 is the null group: `get(0)` is undefined. */
  readonly groups: SmallTable<GroupRecord>;
  readonly partitions: SmallTable<PartitionRecord>;
  readonly sitePartitions: SitePartitionTable;
}
