import type { VariableType, VariableValue } from '@dynamo/core';
import type { DecidedBy } from '../list-decisions.ts';

/** Why Detox decides what it does about one dataset replica. A value of JSON, keys included. */
export interface DetoxExplanation {
  readonly dataset: string;
  readonly site: string;
  readonly partition: string;
  /** Null: it is in the image of the run. Else why nothing is decided about it. */
  readonly absent: string | null;
  /** Of the site, before the run; and whether its Until held in the end. */
  readonly triggered: boolean;
  readonly released: boolean;
  /** Oldest first: each walk that was the last one of some blocks. One is enough where nothing was deleted in between. */
  readonly evaluations: readonly ExplainedEvaluation[];
  /** In the end: a dismissed block, for one, was deleted or kept. */
  readonly decisions: readonly ExplainedDecision[];
  readonly handed_over: readonly { readonly to: string; readonly blocks: readonly string[] }[];
}

/** One walk down the lines. */
export interface ExplainedEvaluation {
  /** Those that were not evaluated again; none for an empty replica on tape. */
  readonly blocks: readonly string[];
  /** What the guard kept from the lines. */
  readonly guard: readonly { readonly rule: string; readonly blocks: readonly string[] }[];
  /** The lines that were asked, and those before the end whose time is not now. */
  readonly lines: readonly ExplainedLine[];
}

export interface ExplainedLine {
  /** In the file; 0: the default decision. */
  readonly line: number;
  readonly text: string;
  /** `all`: it ended the walk. `some`: its blocks were hidden from the lines that follow. */
  readonly takes: 'none' | 'some' | 'all';
  /** Blocks still under consideration when it was asked. */
  readonly considered: number;
  /** Null: all of them, or none. */
  readonly taken: readonly string[] | null;
  /** Null: the line holds until or from a time, and not now. */
  readonly predicates: readonly ExplainedPredicate[] | null;
  /** Of a line in TypeScript, those of its conditions that are functions. */
  readonly functions: readonly ExplainedFunction[];
}

export interface ExplainedFunction {
  /** Its reason, or its source. */
  readonly text: string;
  /** Of a line about blocks: for some block that was considered. */
  readonly holds: boolean;
  /** The variables that it read, in the order in which it first did. */
  readonly read: readonly ReadByFunction[];
  /** As of a predicate. */
  readonly decided: boolean;
}

export interface ReadByFunction {
  readonly variable: string;
  readonly type: VariableType['kind'];
  /** Of a variable of blocks, each value, and in how many of the blocks that it looked at. */
  readonly saw: VariableValue | readonly { readonly value: VariableValue; readonly blocks: number }[];
}

export interface ExplainedPredicate {
  readonly text: string;
  readonly variable: string;
  readonly type: VariableType['kind'];
  readonly holds: boolean;
  /** What it saw; of a variable of blocks, each value, of how many blocks, and what it said of those. */
  readonly saw: VariableValue | readonly SeenInBlocks[];
  /** The line took something and this predicate holds, or took nothing and this one does not: it said so because of it. */
  readonly decided: boolean;
  /** What the variable would have to be for the predicate to say the opposite: `before 2026-08-01T00:00:00Z`. */
  readonly turns: string;
}

export interface SeenInBlocks {
  readonly value: VariableValue;
  readonly blocks: number;
  readonly holds: boolean;
}

export type ExplainedDecision = DecidedBy & {
  readonly decision: 'delete' | 'keep' | 'protect';
  /** Bytes. */
  readonly size: number;
  readonly blocks: readonly string[];
};
