import type { OperationId, OperationOutcome, OperationRecord } from '../model/operation.ts';
import type { Version } from './commit.ts';

/** `queued` waits for its turn or its next attempt; `held` waits for a person. */
export type OperationState = 'queued' | 'claimed' | 'held';

export interface OperationStatus extends OperationRecord {
  readonly state: OperationState;
  /** Claims that ended with an error. */
  readonly attempts: number;
  /** Not to be claimed before this time, seconds since 1970. */
  readonly notBefore: number;
  /** What the last attempt said; empty before the first. */
  readonly lastError: string;
}

/** An operation with how it ended; null: it is open. */
export interface PastOperation extends OperationRecord {
  readonly end: {
    readonly outcome: OperationOutcome;
    readonly detail: string;
    /** The commit that closed it. */
    readonly version: Version;
  } | null;
}

/** A claim: its holder may act on the operation until `deadline` (seconds since 1970), unless it is renewed. */
export interface Claim {
  readonly operation: OperationStatus;
  readonly token: string;
  readonly deadline: number;
}

/** One attempt at one file, for the record that a held transfer shows. */
export interface Attempt {
  readonly operation: OperationId;
  readonly subject: string;
  readonly time: number;
  readonly ok: boolean;
  readonly detail: string;
}

/** What becomes of a claimed operation that is not closed by a commit. */
export interface ClaimEnd {
  readonly token: string;
  readonly operation: OperationId;
  readonly to: /** An empty error: given back untried, which is no attempt. */
    | { readonly state: 'queued'; readonly notBefore: number; readonly error: string }
    | { readonly state: 'held'; readonly error: string };
}

/**
 * Claims and attempts. Operations are opened and closed by `InventoryStore.commit` alone; one that is opened where
 * another was cancelled under a claim is not due before that claim's deadline, since its holder may still act.
 */
export interface OperationStore {
  /** Claims up to `limit` due operations, oldest first, by compare-and-set; an expired claim may be claimed anew. */
  claim(options: {
    readonly owner: string;
    readonly limit: number;
    readonly now: number;
    readonly leaseSeconds: number;
    readonly kinds?: readonly OperationRecord['target']['kind'][];
  }): Promise<readonly Claim[]>;
  /**
   * The claims that are still held, with their new deadlines; a missing one was claimed by another after its deadline,
   * or its operation closed.
   */
  renew(tokens: readonly string[], now: number, leaseSeconds: number): Promise<readonly Claim[]>;
  /** Records attempts and gives claims back. A lost claim's end is ignored. */
  settle(attempts: readonly Attempt[], ends: readonly ClaimEnd[]): Promise<void>;
  /** What was tried so far for an operation, oldest first; of a closed one as long as the store keeps it. */
  attempts(operation: OperationId): Promise<readonly Attempt[]>;
  /** Open operations, ascending by id, with those filters. */
  list(filter?: {
    readonly state?: OperationState;
    readonly site?: string;
    readonly dataset?: string;
    readonly after?: OperationId;
    readonly limit?: number;
  }): Promise<readonly OperationStatus[]>;
  /** How many are open, by state, however many there are. */
  counts(): Promise<Readonly<Record<OperationState, number>>>;
  /** What was ever opened on replicas of a dataset, newest first; of closed ones as long as the store keeps them. */
  past(filter: {
    readonly dataset: string;
    readonly block?: string;
    readonly site?: string;
    readonly limit?: number;
  }): Promise<readonly PastOperation[]>;
  /** A held or waiting operation goes back to the queue, due at once. The number of those that did. */
  release(ids: readonly OperationId[]): Promise<number>;
}
