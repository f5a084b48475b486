import type { OperationRecord } from '../model/operation.ts';
import type { InventoryRecord } from '../model/records.ts';
import type { RequestRecord } from '../model/request.ts';
import type { Commit, CommitReceipt, CommittedChange, Counters, Version } from './commit.ts';

/** The state that a load begins with. */
export interface StoreHead {
  readonly version: Version;
  readonly counters: Counters;
}

export interface LoadedInventory {
  readonly head: StoreHead;
  /** The id of the commit that made the version; null where no commit did: of an empty store, or a baseline. */
  readonly commit: string | null;
  /**
   * Every record but files, each after those it refers to, in batches, as of `head.version`, whatever is committed
   * meanwhile. To be iterated once, to the end or left: a database holds a snapshot open until then.
   */
  readonly records: AsyncIterable<readonly InventoryRecord[]>;
  /** The same, quicker to read, from stores that have it: to be iterated in place of `records`. */
  readonly compact?: AsyncIterable<LoadBatch>;
}

export type LoadBatch = readonly InventoryRecord[] | ReplicaColumns;

/** Complete block replicas as columns of `length`: where there are millions, an object for each costs more than reading it. */
export interface ReplicaColumns {
  readonly length: number;
  /** The how-manieth of the blocks that the load has given before, from 0; ascending. */
  readonly block: Uint32Array;
  /** The how-manieth of the sites, from 0. */
  readonly site: Uint16Array;
  /** The how-manieth of the groups, from 1; 0: the null group. */
  readonly group: Uint16Array;
  readonly lastUpdate: Float64Array;
  /** 0 or 1. */
  readonly custodial: Uint8Array;
  /** Places in `REPLICA_OPERATIONS`. */
  readonly operation: Uint8Array;
}

export type FollowResult =
  | { readonly kind: 'changes'; readonly changes: AsyncIterable<CommittedChange> }
  /** The bounded log does not have the version after `from`, but begins at `oldest`: load again. */
  | { readonly kind: 'too-old'; readonly oldest: Version };

export interface BaselineOptions {
  /** Those that are open: the replicas of `records` say so too. */
  readonly operations?: readonly OperationRecord[];
  /** Those that are to be kept. */
  readonly requests?: readonly RequestRecord[];
  readonly signal?: AbortSignal;
}

/** The system of record. */
export interface InventoryStore {
  load(options?: { readonly signal?: AbortSignal }): Promise<LoadedInventory>;

  /**
   * Writes everything in one transaction, durable when the promise resolves. Rejects with `conflict` when the head is
   * not `commit.base`, or what is stored is not what the changes begin with (an LFN that is already there, a request
   * that has moved on), with `lost-lease` when this writer is no longer the one, and writes nothing then. After any other
   * error, as when the connection broke, it may have happened: the log tells, by the commit's id.
   */
  commit(commit: Commit): Promise<CommitReceipt>;

  /**
   * Several commits in one transaction, each on the version that the one before it makes: all of them, or none, with the
   * same errors. A store without it is asked for one after the other.
   */
  commitAll?(commits: readonly Commit[]): Promise<readonly CommitReceipt[]>;

  /** The commits after `from`, oldest first; ends at the head of the moment. */
  follow(from: Version, options?: { readonly signal?: AbortSignal }): Promise<FollowResult>;

  /**
   * Replaces an empty store's content (version 0) by a whole inventory of at least version 1, files included, in one
   * step. Rejects with `conflict` if it is not empty.
   */
  baseline(
    head: StoreHead,
    records: AsyncIterable<readonly InventoryRecord[]>,
    options?: BaselineOptions,
  ): Promise<void>;
}
