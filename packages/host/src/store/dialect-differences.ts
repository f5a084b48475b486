/** All in which the databases differ, as data: the rest of the store is the same code for each. */
import type { ColumnDataType, Kysely, RawBuilder } from 'kysely';
import type { Database } from './database.ts';

/** What went wrong in a database, whatever its own code for it is. */
export type DatabaseFault =
  | 'duplicate'
  /** A row refers to one that is not there, or is referred to. */
  | 'dangling'
  | 'full'
  /** The file system under it fails in another way. */
  | 'io'
  | 'read-only'
  | 'busy'
  /** It has as many connections as it takes. */
  | 'crowded'
  /** Another transaction won; the same one may be tried again. */
  | 'retry'
  /** The connection broke: what was under way may have happened or not. */
  | 'disconnected'
  /** It does not say anything any more: what was under way may have happened, or not, or may still happen. */
  | 'silent'
  | 'unreachable'
  | 'access-denied'
  /** TLS is asked for and cannot be had, or the server's certificate is not to be believed. */
  | 'untrusted'
  | 'missing-database'
  | 'missing-table'
  | 'corrupt'
  | 'too-large'
  | 'other';

export interface DialectDifferences {
  readonly name: 'sqlite' | 'mysql';
  /** Around identifiers. */
  readonly quote: '"' | '`';
  /** Parameters that one statement may have. */
  readonly maxParameters: number;
  readonly columns: ColumnTypes;
  /** What stands after the closing parenthesis of a table's definition. */
  readonly tableOptions: string;
  /** The same for a table that is kept in the order of its primary key. */
  readonly clusteredOptions: string;
  /** The end of an insert that replaces the columns of rows that are there. */
  onDuplicate(keys: readonly string[], columns: readonly string[]): string;
  /** Whether a baseline is one transaction; else it is many, under the head's `loading` mark. */
  readonly baselineInOneTransaction: boolean;
  /** Takes everything out of a table that nothing refers to, and its room on the disk with it. */
  readonly emptyTable: 'truncate table' | 'delete from';
  /** Whether a transaction that writes may still read what others have changed since it began; a locking read does not. */
  readonly snapshotsHidePresent: boolean;
  /** For the rows of a baseline. */
  readonly fill: FillTable | undefined;
  faultOf(error: unknown): DatabaseFault;
}

/**
 * Adds rows in the transaction that `db` is. `faulty`: the database took them otherwise than they are, and the transaction
 * is to be left; `not allowed`: nothing was done.
 */
export type FillTable = (
  db: Kysely<Database>,
  shape: { readonly table: string; readonly columns: readonly string[] },
  rows: readonly (readonly unknown[])[],
) => Promise<'done' | 'faulty' | 'not allowed'>;

type ColumnType = ColumnDataType | RawBuilder<unknown>;

/** Column types by what they hold. */
export interface ColumnTypes {
  readonly integer: ColumnType;
  /** 0 or 1. */
  readonly flag: ColumnType;
  /** 16 bytes. */
  readonly digest: ColumnType;
  /** Up to `characters` characters, compared byte by byte. */
  text(characters: number): ColumnType;
  /** Up to 16 MiB. */
  readonly longText: ColumnType;
  /** Up to 16 MiB. */
  readonly bytes: ColumnType;
}
