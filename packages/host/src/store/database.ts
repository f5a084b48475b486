/**
 * The tables as TypeScript sees them; what they mean to an operator stands in `migrations/`. Booleans are 0 and 1,
 * times are seconds since 1970, sizes are bytes; `digest` columns hold `digestOf` the whole name (see `digest.ts`).
 */
import type { Generated } from 'kysely';

/** In `gone_version`: it is still there. (A unique key ignores nulls, so null would not do.) */
export const STILL_THERE: number = Number.MAX_SAFE_INTEGER;

export interface Database {
  readonly head: HeadTable;
  readonly lease: LeaseTable;
  readonly heartbeat: { readonly id: number; readonly beat: number };
  readonly owner_groups: { readonly id: number; readonly name: string; readonly level: string };
  readonly sites: SiteTable;
  readonly partitions: PartitionTable;
  readonly quotas: { readonly site_id: number; readonly partition_id: number; readonly bytes: number };
  readonly datasets: DatasetTable;
  readonly dataset_attributes: { readonly dataset_id: number; readonly name: string; readonly value: string };
  readonly blocks: BlockTable;
  readonly files: FileTable;
  readonly dataset_replicas: DatasetReplicaTable;
  readonly block_replicas: BlockReplicaTable;
  readonly partial_files: { readonly block_id: number; readonly site_id: number; readonly file_id: number };
  readonly locks: LockTable;
  readonly changes: ChangeTable;
  readonly change_parts: { readonly version: number; readonly part: number; readonly body: Uint8Array };
  readonly operations: OperationTable;
  readonly attempts: AttemptTable;
  readonly requests: RequestTable;
  readonly history: HistoryTable;
  readonly history_parts: { readonly cycle: number; readonly part: number; readonly body: Uint8Array };
  readonly cycle_contents: { readonly cycle: number; readonly name: string; readonly digest: string };
  readonly contents: { readonly digest: string; readonly bytes: number; readonly last_cycle: number };
  readonly content_parts: { readonly digest: string; readonly part: number; readonly body: Uint8Array };
  readonly cycle_deeds: CycleDeedTable;
  readonly findings: FindingTable;
  readonly accesses: AccessTable;
  readonly attribute_sets: { readonly variable: string; readonly time: number };
  readonly attribute_values: AttributeValueTable;
  readonly waiting_plans: WaitingPlanTable;
  readonly plan_parts: { readonly plan: number; readonly part: number; readonly body: Uint8Array };
  readonly servers: ServerTable;
  readonly probe: { readonly id: number; readonly body: string };
}

const IS_TABLE: Readonly<Record<keyof Database, true>> = {
  head: true,
  lease: true,
  heartbeat: true,
  owner_groups: true,
  sites: true,
  partitions: true,
  quotas: true,
  datasets: true,
  dataset_attributes: true,
  blocks: true,
  files: true,
  dataset_replicas: true,
  block_replicas: true,
  partial_files: true,
  locks: true,
  changes: true,
  change_parts: true,
  operations: true,
  attempts: true,
  requests: true,
  history: true,
  history_parts: true,
  cycle_contents: true,
  contents: true,
  content_parts: true,
  cycle_deeds: true,
  findings: true,
  accesses: true,
  attribute_sets: true,
  attribute_values: true,
  waiting_plans: true,
  plan_parts: true,
  servers: true,
  probe: true,
};

export const TABLE_NAMES: readonly (keyof Database)[] = Object.keys(IS_TABLE) as (keyof Database)[];

export interface HeadTable extends CounterColumns {
  readonly id: number;
  readonly version: number;
  readonly epoch: number;
  readonly next_cycle: number;
  /** For the ids of groups, sites, partitions, datasets and blocks. */
  readonly next_row: number;
  /** The first version that the log has. */
  readonly log_start: number;
  /** 1 while a baseline is being written in several transactions: what is there is not to be read. */
  readonly loading: number;
}

export interface CounterColumns {
  readonly next_file: number;
  readonly next_operation: number;
  readonly next_lock: number;
  readonly next_request: number;
}

/** Null host: nobody holds it. */
export interface LeaseTable {
  readonly id: number;
  readonly epoch: number;
  readonly holder: string | null;
  readonly host: string | null;
  readonly pid: number | null;
  readonly since: number | null;
}

export interface SiteTable {
  readonly id: number;
  readonly name: string;
  readonly host: string | null;
  readonly storage: string;
  readonly status: string;
  readonly backend: string | null;
  readonly verified: number;
  readonly pfn_mapping: string;
  readonly lfn_mapping: string;
}

export interface PartitionTable {
  readonly id: number;
  readonly name: string;
  /** Null for a union, which has `parts`, a JSON list of names. */
  readonly condition_text: string | null;
  readonly parts: string | null;
}

export interface DatasetTable {
  readonly id: number;
  readonly digest: Uint8Array;
  readonly name: string;
  readonly status: string;
  readonly data_type: string | null;
  readonly software_version: string | null;
  readonly last_update: number;
  readonly is_open: number;
  readonly gone_version: number;
}

export interface BlockTable {
  readonly id: number;
  readonly digest: Uint8Array;
  readonly dataset_id: number;
  readonly name: string;
  readonly size: number;
  readonly files: number;
  readonly is_open: number;
  readonly last_update: number;
  readonly gone_version: number;
}

export interface FileTable {
  readonly id: number;
  readonly came_version: number;
  readonly gone_version: number;
  readonly block_id: number;
  readonly digest: Uint8Array;
  readonly lfn: string;
  readonly size: number;
  readonly checksums: string;
}

export interface DatasetReplicaTable {
  readonly dataset_id: number;
  readonly site_id: number;
  readonly group_id: number | null;
  readonly growing: number;
}

/** The three columns of a partial replica are null for a complete one. */
export interface BlockReplicaTable {
  readonly block_id: number;
  readonly site_id: number;
  readonly group_id: number | null;
  readonly custodial: number;
  readonly last_update: number;
  readonly operation: string;
  readonly partial_kind: string | null;
  readonly partial_size: number | null;
  readonly partial_files: number | null;
}

export interface LockTable {
  readonly id: number;
  readonly dataset_pattern: string;
  readonly site_pattern: string | null;
  readonly group_pattern: string | null;
  readonly block: string | null;
  readonly expires: number | null;
  readonly owner: string | null;
  readonly comment: string | null;
}

export interface ChangeTable extends CounterColumns {
  readonly version: number;
  readonly epoch: number;
  readonly time: number;
  readonly user_name: string;
  readonly application: string;
  readonly commit_id: string;
  readonly cycle: number | null;
  /** Of the change set's text. */
  readonly format: number;
  readonly encoding: string;
  readonly change_count: number;
}

export interface OperationTable {
  readonly id: number;
  readonly kind: string;
  readonly dataset: string | null;
  readonly block: string | null;
  readonly site: string;
  readonly path: string | null;
  readonly target_digest: Uint8Array;
  readonly opened_at: number;
  readonly reason_source: string;
  readonly reason_text: string;
  readonly reason_reference: string | null;
  /** queued, claimed, held; closed ones stay until they are purged. */
  readonly state: string;
  readonly attempts: number;
  readonly not_before: number;
  readonly last_error: string;
  readonly claims: number;
  readonly claim_owner: string | null;
  /** Of the claim; 0 where there is none. */
  readonly deadline: number;
  readonly outcome: string | null;
  readonly detail: string | null;
  readonly closed_version: number | null;
}

export interface AttemptTable {
  readonly id: Generated<number>;
  readonly operation_id: number;
  readonly subject: string;
  readonly time: number;
  readonly ok: number;
  readonly detail: string;
}

export interface RequestTable {
  readonly id: number;
  readonly kind: string;
  readonly state: string;
  readonly user_name: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly reason: string;
  /** What was asked for, as JSON. */
  readonly document: string;
}

export interface HistoryTable {
  readonly cycle: number;
  readonly planner: string;
  readonly title: string;
  readonly time: number;
  readonly plan_version: number;
  readonly version: number;
  readonly is_test: number;
}

export interface CycleDeedTable {
  readonly cycle: number;
  readonly number: number;
  readonly kind: string;
  readonly dataset: string;
  readonly site: string;
  readonly blocks: number;
  readonly bytes: number;
  readonly reference: string | null;
}

export interface WaitingPlanTable {
  readonly id: number;
  readonly planner: string;
  readonly title: string;
  readonly plan_version: number;
  readonly made_by: string;
  readonly made_at: number;
  readonly expires_at: number;
  readonly bytes: number;
  readonly replicas: number;
  readonly outcome: string | null;
  readonly decided_by: string | null;
  readonly decided_at: number | null;
  readonly comment: string | null;
  readonly cycle: number | null;
}

export interface FindingTable {
  readonly site: string;
  readonly kind: string;
  readonly digest: Uint8Array;
  readonly name: string;
  readonly rounds: number;
  readonly first_seen: number;
  readonly last_seen: number;
}

export interface AccessTable {
  readonly day: number;
  readonly dataset: string;
  readonly site: string;
  readonly accesses: number;
  readonly requests: number;
}

export interface ServerTable {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly url: string;
  readonly role: string;
  readonly epoch: number;
  readonly version: number;
  readonly behind_ms: number | null;
  readonly started_at: number;
  readonly seen_at: number;
}

export interface AttributeValueTable {
  readonly variable: string;
  readonly dataset: string;
  /** JSON. */
  readonly value: string;
}
