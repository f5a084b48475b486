import type { ConditionAst, Span, Word } from '@dynamo/core';

export const POLICY_ACTIONS = ['protect', 'delete', 'dismiss', 'ignore'] as const;
export type PolicyAction = (typeof POLICY_ACTIONS)[number];

/** Of a line: does it judge the dataset replica as a whole, or block by block (`ProtectBlock`)? */
export type PolicyLevel = 'replica' | 'block';

/** On: the target sites. When: deletion starts. Until: deletion stops. */
export type SiteRole = 'on' | 'when' | 'until';

/** A Detox policy as it was written: every line of the file, in order. */
export interface PolicyAst {
  readonly file: string | undefined;
  readonly text: string;
  readonly entries: readonly PolicyEntry[];
}

export type PolicyEntry = EntryPlace &
  (
    | { readonly kind: 'comment' }
    | { readonly kind: 'partition'; readonly name: string }
    | { readonly kind: 'site-condition'; readonly role: SiteRole; readonly condition: ConditionAst }
    | {
        readonly kind: 'line';
        readonly action: PolicyAction;
        readonly level: PolicyLevel;
        readonly condition: ConditionAst;
      }
    | { readonly kind: 'default'; readonly action: PolicyAction }
    /** No keys: `Order none`. */
    | { readonly kind: 'order'; readonly keys: readonly OrderKeyAst[] }
    | { readonly kind: 'algorithm'; readonly algorithm: 'static' }
  );

export interface EntryPlace {
  /** Counted from 1, in the file. */
  readonly line: number;
  /** The line without the white space around it; empty for an empty line. */
  readonly text: string;
  readonly span: Span;
}

export interface OrderKeyAst {
  readonly direction: 'increasing' | 'decreasing';
  readonly variable: Word;
}
