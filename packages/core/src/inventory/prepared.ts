/** What a writer's draft is made on, by what it is judged, and what it comes to before it is committed. */
import type { DeletionLimits } from '../guard/deletion-limits.ts';
import type { Commit, Version } from '../seams/commit.ts';
import type { DraftOutcome } from './draft-ledger.ts';
import type { Author } from './inventory-options.ts';
import type { InventoryState } from './inventory-state.ts';
import type { StateDraft } from './state-draft.ts';

export type LimitsOfCommit = () => Promise<DeletionLimits>;
export interface Drafting<T> {
  readonly author: Author;
  readonly write: Write<T>;
  readonly signal: AbortSignal | undefined;
}

export type Write<T> = (draft: StateDraft, limits: LimitsOfCommit) => T | Promise<T>;

/** Rejects with `refused` what may not be deleted; false: it is not for this draft to delete anything. */
export type Judge = (
  draft: StateDraft,
  intents: DraftOutcome['intents'],
  limits: LimitsOfCommit,
) => boolean | Promise<boolean>;

/** A state that a draft may be made on: the present one, or what a commit that is not yet made leads to. */
export interface DraftBase {
  readonly state: InventoryState;
  readonly version: Version;
}

/** What a writer's draft came to. */
export interface Prepared<T> {
  readonly result: T;
  readonly state: InventoryState;
  /** Null: it changes nothing. */
  readonly commit: Commit | null;
}
