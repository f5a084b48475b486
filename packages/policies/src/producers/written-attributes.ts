/** One value as it was written. */
export interface WrittenValue {
  readonly dataset: string;
  readonly value: unknown;
  /** For messages: a line of the table, a path in the document. */
  readonly at: string;
}

/** By the name of the variable. */
export type WrittenAttributes = ReadonlyMap<string, readonly WrittenValue[]>;
