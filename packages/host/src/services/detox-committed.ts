import type { CarriedOut, WaitingPlan } from '@dynamo/core';

/** What a committed run did. */
export interface DetoxCommitted {
  readonly cycle: number | null;
  readonly version: number;
  readonly title: string;
  /** Steps carried out. */
  readonly done: number;
  readonly dropped: CarriedOut['dropped'];
  /** Nothing was carried out: this plan waits for a second person's approval first. */
  readonly waiting: WaitingPlan | null;
}

/** What a test would have done. */
export interface DetoxTested {
  readonly cycle: number | null;
  readonly version: number;
  readonly title: string;
  /** Block replicas. */
  readonly deletions: number;
  readonly handOvers: number;
  /** Why it could not be committed; empty: it could. */
  readonly notCommittable: readonly string[];
}
