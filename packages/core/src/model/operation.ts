/**
 * An operation is a copy to, or the deletion of, one block replica, or the deletion of one path that is not
 * catalogued. It is opened by the commit that decides it, and closed by the commit that records its effect.
 */
import type { BlockName, DatasetName, SiteName } from './names.ts';

/** Never used twice; ascending in the order in which operations were opened. */
export type OperationId = number & { readonly __brand: 'OperationId' };

export type OperationTarget =
  | { readonly kind: 'copy'; readonly dataset: DatasetName; readonly block: BlockName; readonly site: SiteName }
  | { readonly kind: 'delete'; readonly dataset: DatasetName; readonly block: BlockName; readonly site: SiteName }
  /** `path` is relative to the site's root, as its lister spells it. */
  | { readonly kind: 'delete-path'; readonly site: SiteName; readonly path: string };

/** Why an operation, or a decision, is there: shown by the command line, the REST interface and the web page. */
export interface Reason {
  /** What decided: `detox`, `dealer`, `request`, `consistency`, `inject`, `operator`. */
  readonly source: string;
  /** In words: the policy line, the rule, the request. */
  readonly text: string;
  /** The cycle, request or finding it belongs to. */
  readonly reference?: string;
}

export interface OperationRecord {
  readonly id: OperationId;
  readonly target: OperationTarget;
  readonly openedAt: number;
  readonly reason: Reason;
}

/** How an operation ends. A cancelled one gave way to an opposite operation or to a person. */
export type OperationOutcome = 'done' | 'cancelled' | 'failed';

/** What one commit does to the outbox. */
export type OperationChange =
  | { readonly kind: 'open'; readonly operation: OperationRecord }
  | { readonly kind: 'close'; readonly id: OperationId; readonly outcome: OperationOutcome; readonly detail: string }
  /** Closes the one that is open on this block replica: there is at most one, and memory does not keep its number. */
  | {
      readonly kind: 'close-replica';
      readonly dataset: DatasetName;
      readonly block: BlockName;
      readonly site: SiteName;
      readonly outcome: OperationOutcome;
      readonly detail: string;
    };
