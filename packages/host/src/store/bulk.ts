/**
 * Many rows in few statements. The text of a statement is put together here and not by the query builder, which takes
 * several times as long as the database for thousands of rows; every statement of the same size has the same text, so
 * that the database prepares it once.
 */
import { inBatches } from '@dynamo/core';
import { CompiledQuery, type Kysely, type QueryResult } from 'kysely';
import type { Database } from './database.ts';
import type { DialectDifferences, FillTable } from './dialect-differences.ts';

/** A database to ask, or a transaction in it, and what is particular about it. */
export interface Session {
  readonly db: Kysely<Database>;
  readonly differences: DialectDifferences;
  /** A quicker way for many rows at once, where there is one. */
  readonly fill?: FillTable | undefined;
}

export type TableName = keyof Database;

export interface RowShape<T extends TableName> {
  readonly table: T;
  readonly columns: readonly (keyof Database[T] & string)[];
}

type Row = readonly unknown[];

/** From here on the quicker way is worth its statements. */
const MANY_ROWS = 500;
/** Rows in one statement, at the most. */
const MAX_ROWS = 500;
/** Rows that there are at a time, at the most: many of them together weigh more than what they are made of. */
const ROWS_AT_ONCE = 2000;
/** Bytes of text and blobs in one statement, about: `max_allowed_packet` is 16 MiB by default. */
const MAX_BYTES = 4 * 2 ** 20;

/**
 * Rejects when a row is there already. Values stand in the order of `shape.columns`. Rows are asked for some at a time, as
 * the database takes them.
 */
export async function insertRows<T extends TableName>(
  session: Session,
  shape: RowShape<T>,
  rows: Iterable<Row>,
): Promise<void> {
  for (const some of inBatches(rows, ROWS_AT_ONCE)) await insertSome(session, shape, some);
}

async function insertSome<T extends TableName>(
  session: Session,
  shape: RowShape<T>,
  rows: readonly Row[],
): Promise<void> {
  if (session.fill !== undefined && rows.length >= MANY_ROWS) {
    const filled = await session.fill(session.db, shape, rows);
    if (filled === 'done') return;
    if (filled === 'faulty') throw new FaultyFill();
  }
  await writeRows(session, shape, rows, '');
}

/** Rows that have to be inserted one statement after the other for the database to say what is wrong with them. */
export class FaultyFill extends Error {}

/** Inserts rows, and replaces what is not in `keys` of those that are there; see `insertRows`. */
export async function upsertRows<T extends TableName>(
  session: Session,
  shape: RowShape<T>,
  keys: readonly (keyof Database[T] & string)[],
  rows: Iterable<Row>,
): Promise<void> {
  const others = shape.columns.filter((column) => !keys.includes(column));
  const end = ` ${session.differences.onDuplicate(keys, others)}`;
  for (const some of inBatches(rows, ROWS_AT_ONCE)) await writeRows(session, shape, some, end);
}

async function writeRows<T extends TableName>(
  { db, differences }: Session,
  { table, columns }: RowShape<T>,
  rows: readonly Row[],
  end: string,
): Promise<void> {
  const { quote, maxParameters } = differences;
  const names = columns.map((column) => `${quote}${column}${quote}`).join(', ');
  const begin = `insert into ${quote}${table}${quote} (${names}) values `;
  const tuple = `(${columns.map(() => '?').join(', ')})`;
  for (const slice of slices(rows, Math.min(MAX_ROWS, Math.floor(maxParameters / columns.length)))) {
    const text = `${begin}${Array.from(slice, () => tuple).join(', ')}${end}`;
    await db.executeQuery(CompiledQuery.raw(text, slice.flat()));
  }
}

/** Slices of rows for one statement each. */
function* slices(rows: readonly Row[], maxRows: number): Generator<readonly Row[]> {
  let start = 0;
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const size = sizeOf(row);
    if (index > start && (index - start >= maxRows || bytes + size > MAX_BYTES)) {
      yield rows.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < rows.length) yield rows.slice(start);
}

function sizeOf(row: Row): number {
  let bytes = 0;
  for (const value of row) if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length;
  return bytes;
}

/** Of what stands in one `in (...)`. */
const MOST_LISTED = 1000;

/** What is looked for by a statement for each list. */
export function chunksOf<T>(items: Iterable<T>): Generator<readonly T[]> {
  return inBatches(items, MOST_LISTED);
}

/** The rows of a query in pages, read as they are asked for, from one connection and one moment. */
export async function* streamPages<R>(
  db: Kysely<Database>,
  query: { compile(): CompiledQuery<R> },
  pageRows: number,
): AsyncGenerator<readonly R[]> {
  let page: R[] = [];
  const results: AsyncIterable<QueryResult<R>> = db.getExecutor().stream(query.compile(), pageRows);
  for await (const { rows } of results) {
    // Some drivers give pages, others single rows.
    if (page.length === 0 && rows.length >= pageRows) yield rows;
    else page.push(...rows);
    if (page.length < pageRows) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
