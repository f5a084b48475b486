/** What functions in policies see: typed views of the replica that goes down the lines, as it is in the run. */
import type { VariableValue } from '@dynamo/core';
import type {
  BLOCK_REPLICA_KINDS,
  DATASET_KINDS,
  KindTable,
  REPLICA_KINDS,
  SITE_KINDS,
  VariableKind,
  WordsOfKind,
} from './variable-kinds.ts';

type ValueOf<Kind extends VariableKind> = Kind extends keyof WordsOfKind
  ? WordsOfKind[Kind]
  : Kind extends 'number' | 'time'
    ? number
    : Kind extends 'flag'
      ? boolean
      : string;

export type ValuesOf<Table extends KindTable> = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

/** Sizes are bytes, times seconds since 1970; what is missing is 0, false or ''. */
export interface ReplicaSight extends ValuesOf<typeof REPLICA_KINDS> {
  readonly dataset: ValuesOf<typeof DATASET_KINDS>;
  readonly site: ValuesOf<typeof SITE_KINDS>;
  /** Those still under consideration: neither deleted in the run nor taken by an earlier line. */
  readonly blockReplicas: readonly BlockReplicaSight[];
  /** Any variable by its name in the policy language, those that producers add too. */
  value(variable: string): VariableValue;
}

export interface BlockReplicaSight extends ValuesOf<typeof BLOCK_REPLICA_KINDS> {
  /** The name of the block. */
  readonly block: string;
  readonly replica: ReplicaSight;
  readonly dataset: ReplicaSight['dataset'];
  readonly site: ReplicaSight['site'];
}

export interface RunSight {
  /** The clock of the run, in seconds since 1970. */
  readonly now: number;
  /** `90 days ago`, `2026-01-31`, as seconds since 1970. Throws `invalid-input` for what is no time. */
  time(text: string): number;
}

/** Pure: what it says may depend on nothing but what it is given. */
export type ReplicaFunction = (replica: ReplicaSight, run: RunSight) => boolean;
export type BlockReplicaFunction = (blockReplica: BlockReplicaSight, run: RunSight) => boolean;
