/**
 * A plan is what a planner proposes: a value that names the version it was made on, and for each step the facts that it
 * rests on, so that carrying it out can drop what no longer holds.
 */
import type { ReplicaOperation } from '../model/enumerations.ts';
import type { BlockName, DatasetName, GroupName, SiteName } from '../model/names.ts';
import type { Reason } from '../model/operation.ts';
import type { RequestChange } from '../model/request.ts';
import type { Version } from './commit.ts';

/** The facts about a block replica on which a step rests. */
export interface ReplicaFacts {
  readonly group: GroupName | null;
  readonly lastUpdate: number;
  /** Files present. */
  readonly files: number;
  /** What was open on it; a deletion then cancels an open copy. Default: nothing was. */
  readonly operation?: ReplicaOperation;
}

export type PlanStep =
  | {
      readonly kind: 'delete';
      readonly dataset: DatasetName;
      readonly block: BlockName;
      readonly site: SiteName;
      readonly facts: ReplicaFacts;
      /** Complete copies of the block that remain when all of this plan's deletions are carried out. */
      readonly copiesLeft: number;
      readonly reason: Reason;
    }
  | {
      readonly kind: 'copy';
      readonly dataset: DatasetName;
      readonly block: BlockName;
      readonly site: SiteName;
      readonly group: GroupName | null;
      readonly reason: Reason;
    }
  | {
      readonly kind: 'hand-over';
      readonly dataset: DatasetName;
      readonly block: BlockName;
      readonly site: SiteName;
      readonly facts: ReplicaFacts;
      readonly to: GroupName | null;
      readonly reason: Reason;
    };

export interface Plan {
  readonly planner: string;
  readonly title: string;
  readonly version: Version;
  readonly now: number;
  readonly steps: readonly PlanStep[];
  /** States of requests that change with it. */
  readonly requests: readonly RequestChange[];
  /** Why it may not be carried out (made with a guard off, a producer missing); empty: it may. */
  readonly notCommittable: readonly string[];
  /** The planner's own report, kept in the history: every decision with its reason. */
  readonly document: string;
  /** What the planner wants to know the next time, kept in the history beside the document. JSON values. */
  readonly notes?: Readonly<Record<string, unknown>>;
  /** What it was made from beside the version and the clock, so that it can be made again. JSON values; see `contents`. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** What the document and the inputs refer to, and is kept by digest. */
  readonly contents?: Readonly<Record<string, Uint8Array>>;
}

/** A step that was not carried out, and why. */
export interface DroppedStep {
  readonly step: PlanStep;
  readonly why: string;
}
