import type { Entity, EntityRecords } from '@dynamo/core';
import type { Session } from '../bulk.ts';
import type { RowIds } from '../row-ids.ts';

/** The transaction in which records are written. */
export interface WriteContext extends Session {
  readonly ids: RowIds;
  /** The version that the transaction makes. */
  readonly version: number;
}

export interface Update<R> {
  readonly before: R;
  readonly after: R;
}

/**
 * How the records of one entity become rows, set by set. Names that the records refer to have been looked up before
 * (`RowIds`); `conflict` where a record to be added is there, or one to be removed is not.
 */
export interface EntityTable<E extends Entity> {
  add(context: WriteContext, records: readonly EntityRecords[E][]): Promise<void>;
  update(context: WriteContext, updates: readonly Update<EntityRecords[E]>[]): Promise<void>;
  remove(context: WriteContext, records: readonly EntityRecords[E][]): Promise<void>;
}
