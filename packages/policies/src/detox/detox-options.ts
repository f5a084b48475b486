import type { AttributeColumn, DeletionLimits, GuardRule } from '@dynamo/core';
import type { CheckedPolicy } from '../policy/checked-policy.ts';

export interface DetoxOptions {
  readonly policy: CheckedPolicy;
  /** Seconds since 1970: the clock of the run, with which the policy was checked too. */
  readonly now: number;
  /** What producers loaded, by the name of the variable; it replaces what the inventory stores. */
  readonly attributes?: ReadonlyMap<string, AttributeColumn>;
  /** `off` shows what the policy alone would do: such a plan cannot be committed. */
  readonly guard?: 'on' | 'off';
  /** On top of the built-in rules: what the commit would refuse. They are asked about the view as it is before the run. */
  readonly guardRules?: readonly GuardRule[];
  /** How much may go in this run; what is more stays, and says so. Replicas go whole or not at all. */
  readonly limits?: DeletionLimits;
  /** What dismissals may delete at one site in one pass, as a fraction of its quota. */
  readonly deletionPerIteration?: number;
  /** `full` evaluates everything in every pass: the same result, slower. */
  readonly evaluation?: 'changed' | 'full';
  /** Names of variables that had a value at the last committed cycle: one that has none now stops the commit. */
  readonly suppliedBefore?: readonly string[];
  /** Reasons of the caller why the plan may not be committed: made on a dump, with another clock. */
  readonly notCommittable?: readonly string[];
}

export const DELETION_PER_ITERATION = 0.01;
