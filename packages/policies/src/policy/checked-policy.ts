import type { CheckedCondition, VariableCatalogue, VariableDefinition } from '@dynamo/core';
import type { PolicyFunction } from '../typescript/policy-function.ts';
import type { PolicyAction, PolicyLevel } from './policy-ast.ts';

/** A policy that can be run: every variable is known, every time is fixed. */
export interface CheckedPolicy {
  readonly file: string | undefined;
  /** As it was given, and its SHA-256 in hexadecimal (of its UTF-8). */
  readonly text: string;
  readonly sha256: string;
  readonly partition: string;
  /** Each of the three: at least one condition, any of which will do. */
  readonly on: readonly PolicySiteCondition[];
  readonly when: readonly PolicySiteCondition[];
  readonly until: readonly PolicySiteCondition[];
  /** In the order of the file: the first that matches decides. */
  readonly lines: readonly PolicyLine[];
  readonly defaultAction: PolicyAction;
  /** Where the bare action stands; in plans the default decision is line 0. */
  readonly defaultLine: number;
  readonly defaultText: string;
  /** Empty: `Order none`. */
  readonly order: readonly OrderKey[];
  readonly orderLine: number;
  readonly algorithm: 'iterative' | 'static';
  /** What functions of its lines may read; left out: they are none. */
  readonly variables?: VariableCatalogue;
}

export interface PolicySiteCondition {
  readonly line: number;
  readonly text: string;
  readonly condition: CheckedCondition;
}

export interface PolicyLine {
  /** In the file. */
  readonly line: number;
  /** The whole line, `Protect replica.incomplete`. */
  readonly text: string;
  readonly action: PolicyAction;
  readonly level: PolicyLevel;
  readonly condition: CheckedCondition;
  /** They must hold too: only a policy in TypeScript has them. */
  readonly functions?: readonly PolicyFunction[];
}

export interface OrderKey {
  readonly direction: 'increasing' | 'decreasing';
  readonly variable: VariableDefinition;
}
