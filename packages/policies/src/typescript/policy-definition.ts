/** A Detox policy as TypeScript says it. */
import type { PolicyAction } from '../policy/policy-ast.ts';
import type { BlockReplicaFunction, ReplicaFunction } from './sights.ts';
import type { Condition, NumberWord, PolicyWords, TimeText, TimeWord } from './words.ts';

export type SiteCondition = Condition<'site' | 'both'>;
/** One site condition; those in a list must all hold. */
export type SiteTerm = SiteCondition | readonly SiteCondition[];

export type LineCondition = Condition<'line' | 'both'>;
type OneOrMore<Item> = Item | readonly Item[];

/** Over a dataset replica. Conditions on block replicas mean: some block replica satisfies it, condition by condition. */
export type ReplicaTerm = OneOrMore<LineCondition | ReplicaFunction>;
/** Over its blocks, one by one. */
export type BlockTerm = OneOrMore<LineCondition | BlockReplicaFunction>;

interface LineExtras {
  /** The line holds only before this time, or only from it on. */
  readonly until?: TimeText;
  readonly from?: TimeText;
  /** In place of the condition's own words in decisions and explanations. */
  readonly because?: string;
}

/** One action, with the condition under which it is taken. */
export type LineDefinition = LineExtras &
  (
    | { readonly protect: ReplicaTerm }
    | { readonly delete: ReplicaTerm }
    | { readonly dismiss: ReplicaTerm }
    | { readonly ignore: ReplicaTerm }
    | { readonly protectBlock: BlockTerm }
    | { readonly deleteBlock: BlockTerm }
    | { readonly dismissBlock: BlockTerm }
  );

/** Puts whole replicas in order: not by what each block has. */
export type OrderDefinition =
  | { readonly increasing: NumberWord<'line'> | TimeWord<'line'> }
  | { readonly decreasing: NumberWord<'line'> | TimeWord<'line'> };

export interface PolicyDefinition {
  readonly partition: string;
  /** The target sites. Any of the terms will do, here and in the next two. */
  readonly on: readonly SiteTerm[];
  /** Deletion starts. */
  readonly when: readonly SiteTerm[];
  /** Deletion stops. */
  readonly until: readonly SiteTerm[];
  /** The first that matches decides; decisions name them by their place, counted from 1. */
  readonly lines: readonly LineDefinition[];
  /** The decision where no line matches. */
  readonly otherwise: PolicyAction;
  readonly order: readonly OrderDefinition[];
  /** All triggered sites in one pass: `Algo Static`. */
  readonly static?: boolean;
}

/** What a file with a policy exports as `policy`. */
export type PolicyModule = (words: PolicyWords) => PolicyDefinition;
