import type { AttributeValue } from '../model/records.ts';

/** The values of one variable, as somebody last sent them. */
export interface StoredAttribute {
  /** By dataset. */
  readonly values: ReadonlyMap<string, AttributeValue>;
  /** Seconds since 1970. */
  readonly time: number;
}

/** Name-value pairs of datasets that others send to the host, variable by variable (`dataset.my_rank`). */
export interface AttributeStore {
  /** Replaces all that there was of the variable, in one step. */
  put(variable: string, attribute: StoredAttribute): Promise<void>;
  /** Null: nobody ever sent any. */
  read(variable: string): Promise<StoredAttribute | null>;
}
