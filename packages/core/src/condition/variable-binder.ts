import type { VariableDefinition } from './variable.ts';

/**
 * How compiled predicates read values: the owner of the columns decides what a row is. Functions are asked for once,
 * when a predicate is compiled, and called for every row; a missing value must come as 0 or ''.
 */
export interface VariableBinder {
  /** For numbers, times (seconds since 1970) and true or false (1 or 0). Never NaN. */
  numeric(variable: VariableDefinition): (row: number) => number;
  /** For texts and the words of enumerations (in either case). */
  text(variable: VariableDefinition): TextColumn;
}

/**
 * A dictionary-coded text. Codes are small non-negative integers; verdicts are remembered by code, so a code must mean
 * the same text for as long as predicates compiled against it are used.
 */
export interface TextColumn {
  code(row: number): number;
  text(code: number): string;
}
