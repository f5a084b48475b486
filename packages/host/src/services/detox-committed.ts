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
