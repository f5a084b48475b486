/** A fault at a place in a text that a person wrote. Texts are judged whole: one pass reports every fault. */
export interface Diagnostic {
  /** An error stops the text from being used; a warning says that it may not mean what its author thinks. */
  readonly severity: 'error' | 'warning';
  readonly file?: string | undefined;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units. */
  readonly column: number;
  /** In UTF-16 units; 0 where something is missing. */
  readonly length: number;
  /** What is wrong, in lower case and without a full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

/** What reading a text gives: a fault in the text is an expected outcome, so it is returned and not thrown. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Ok if there are no diagnostics. `value` is only called then, because what it builds on is whole only then. */
export function outcomeOf<T>(diagnostics: readonly Diagnostic[], value: () => T): Outcome<T> {
  return diagnostics.length === 0 ? { ok: true, value: value() } : { ok: false, diagnostics };
}
