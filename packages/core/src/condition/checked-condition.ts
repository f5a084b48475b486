import type { ConditionAst } from './condition-ast.ts';
import type { Span } from './source-text.ts';
import type { VariableDefinition, VariableLevel } from './variable.ts';

/**
 * A condition whose variables, operands and times are known. The whole of it is data but for the matchers of its
 * patterns: a predicate can be evaluated by itself, at its level, and explained.
 */
export interface CheckedCondition {
  readonly ast: ConditionAst;
  /** As it was written. */
  readonly text: string;
  readonly predicates: readonly CheckedPredicate[];
  readonly window: CheckedWindow | null;
  /** False: the run's clock is outside `until` or `from`, so the condition holds for nothing. */
  readonly active: boolean;
}

export interface CheckedPredicate {
  readonly variable: VariableDefinition;
  /** Of its variable. */
  readonly level: VariableLevel;
  /** As it was written, runs of white space as one space. */
  readonly text: string;
  readonly span: Span;
  readonly test: PredicateTest;
}

export interface CheckedWindow {
  readonly kind: 'until' | 'from';
  readonly seconds: number;
}

export type NumberOperator = '==' | '!=' | '<' | '>' | '<=' | '>=';

/** What the value of the variable must be. Times are seconds since 1970, fixed once per run. */
export type PredicateTest =
  | { readonly kind: 'flag'; readonly expected: boolean }
  | { readonly kind: 'number'; readonly operator: NumberOperator; readonly operand: number }
  | { readonly kind: 'number-list'; readonly negated: boolean; readonly operands: readonly number[] }
  /** Some pattern matches; negated: none does. */
  | { readonly kind: 'text'; readonly negated: boolean; readonly patterns: readonly TextPattern[] }
  /** The value is one of the words, in whichever case; negated: none of them. Words in capitals. */
  | { readonly kind: 'enum'; readonly negated: boolean; readonly words: readonly string[] };

export interface TextPattern {
  readonly kind: 'equal' | 'glob' | 'regex';
  readonly source: string;
  readonly matches: (text: string) => boolean;
}
