import type { Span, Word } from './source-text.ts';

/** `=~` is anchored at the start only; `!=~` is its negation. `older_than`, `newer_than` are `<` and `>` on times. */
export const COMPARISON_OPERATORS = [
  '==',
  '!=',
  '=~',
  '!=~',
  '<',
  '>',
  '<=',
  '>=',
  'older_than',
  'newer_than',
] as const;
export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number];

/** A condition as it was written: syntax only, no variable is known yet. */
export interface ConditionAst {
  readonly file: string | undefined;
  readonly text: string;
  readonly span: Span;
  readonly predicates: readonly PredicateAst[];
  /** Null: no `until` or `from`. */
  readonly window: WindowAst | null;
}

export type PredicateAst =
  /** `X`, `not X`, or `X not`. */
  | { readonly kind: 'flag'; readonly variable: Word; readonly negated: boolean; readonly source: Word }
  | {
      readonly kind: 'comparison';
      readonly variable: Word;
      readonly operator: ComparisonOperator;
      readonly operatorSpan: Span;
      readonly operand: Word;
      readonly source: Word;
    }
  | {
      readonly kind: 'membership';
      readonly variable: Word;
      /** `notin`. */
      readonly negated: boolean;
      readonly operatorSpan: Span;
      readonly items: readonly Word[];
      readonly source: Word;
    };

/** The condition holds only before (`until`), or from (`from`), a time. */
export interface WindowAst {
  readonly kind: 'until' | 'from';
  readonly time: Word;
  readonly span: Span;
}
