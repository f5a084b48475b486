/** What ONE transaction of the store writes: everything that belongs together, or none of it. */
import type { ChangeSet } from '../change-set/change-set.ts';
import type { OperationChange } from '../model/operation.ts';
import type { RequestChange } from '../model/request.ts';

/** The position in the log of commits. 0 is the empty inventory. */
export type Version = number & { readonly __brand: 'Version' };

/** Identifiers handed out so far; moved by the commits that use them. */
export interface Counters {
  readonly nextFile: number;
  readonly nextOperation: number;
  readonly nextLock: number;
  readonly nextRequest: number;
}

/** Who committed, with what, when. */
export interface Authorship {
  readonly application: string;
  readonly user: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** One run of planning and carrying out, with the reason of every decision. `document` is the planner's own format. */
export interface HistoryRecord {
  readonly planner: string;
  readonly title: string;
  readonly time: number;
  readonly planVersion: Version;
  readonly document: string;
  /** Nothing of it was carried out: whatever asks what happened before passes it over. Default: false. */
  readonly isTest?: boolean;
  /** What belongs to it, by name (`policy`, `attributes`): the same bytes are kept once, however many cycles have them. */
  readonly contents?: Readonly<Record<string, Uint8Array>>;
  /** What it ordered, so that it is found by that. */
  readonly deeds?: readonly CycleDeed[];
}

/** What a cycle ordered for a dataset at a site, for one reason. */
export interface CycleDeed {
  readonly kind: 'delete' | 'copy' | 'hand-over';
  readonly dataset: string;
  readonly site: string;
  /** How many. */
  readonly blocks: number;
  readonly bytes: number;
  /** The policy line (`line 14`), the request: `Reason.reference`. */
  readonly reference: string | null;
}

/** A difference between catalogue and disk that a consistency check saw, and how often in a row. */
export interface FindingRecord {
  readonly site: string;
  readonly kind: 'missing' | 'orphan' | 'size-mismatch';
  /** An LFN, or the path of an orphan. */
  readonly name: string;
  readonly rounds: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface Commit {
  /** Idempotency key: committing the same id twice has one effect. */
  readonly id: string;
  readonly base: Version;
  readonly authorship: Authorship;
  readonly changes: ChangeSet;
  readonly counters: Counters;
  readonly operations: readonly OperationChange[];
  readonly requests: readonly RequestChange[];
  readonly history: HistoryRecord | null;
}

export interface CommitReceipt {
  readonly version: Version;
  /** Set where the commit wrote history: the number of the cycle. */
  readonly cycle: number | null;
}

/** A commit as the log gives it to those who follow. */
export interface CommittedChange {
  readonly version: Version;
  readonly id: string;
  readonly authorship: Authorship;
  readonly changes: ChangeSet;
  readonly counters: Counters;
}
