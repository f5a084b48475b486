/**
 * Predicates over batches: each looks at one page of a column at a time, and clears the marks of the rows that it does
 * not hold for. As fast as generated code, and several times faster than a closure called row by row.
 */
import { PAGE_ROWS } from '../columns/column.ts';
import type { ReadColumn } from '../inventory/tables.ts';
import { RowSet } from './row-set.ts';

/** Clears the marks of rows of this page that fail; `marks` has one byte a row, 1 or 0. */
export type Filter = (pageIndex: number, marks: Uint8Array) => void;

/** Rows whose value equals. */
export function equals(column: ReadColumn, value: number): Filter {
  return overPage(column, (page, marks) => {
    for (let i = 0; i < page.length; i++) marks[i] = (marks[i] as number) & (page[i] === value ? 1 : 0);
  });
}

/** Rows whose value is another. */
export function differs(column: ReadColumn, value: number): Filter {
  return overPage(column, (page, marks) => {
    for (let i = 0; i < page.length; i++) marks[i] = (marks[i] as number) & (page[i] === value ? 0 : 1);
  });
}

/** Rows whose value is at least `low` and below `high`. */
export function between(column: ReadColumn, low: number, high: number): Filter {
  return overPage(column, (page, marks) => {
    for (let i = 0; i < page.length; i++) {
      const value = page[i] as number;
      marks[i] = (marks[i] as number) & (value >= low ? 1 : 0) & (value < high ? 1 : 0);
    }
  });
}

/** Rows whose value, as an index, finds 1 in `verdicts`: for dictionary codes, sites, groups, statuses. */
export function oneOf(column: ReadColumn, verdicts: Uint8Array): Filter {
  return overPage(column, (page, marks) => {
    for (let i = 0; i < page.length; i++) marks[i] = (marks[i] as number) & (verdicts[page[i] as number] ?? 0);
  });
}

/** Rows of whose value all bits of `mask` are as in `bits`. */
export function bitsAre(column: ReadColumn, mask: number, bits: number): Filter {
  return overPage(column, (page, marks) => {
    for (let i = 0; i < page.length; i++)
      marks[i] = (marks[i] as number) & (((page[i] as number) & mask) === bits ? 1 : 0);
  });
}

/** Rows for which a function holds: only asked about rows that the filters before left. */
export function rowsWhere(test: (row: number) => boolean): Filter {
  return (pageIndex, marks) => {
    const first = pageIndex * PAGE_ROWS;
    for (let i = 0; i < marks.length; i++) if (marks[i] === 1 && !test(first + i)) marks[i] = 0;
  };
}

/**
 * The rows below `rows` for which every filter holds, one after the other. Free rows of a table are left out by a filter
 * on what they lack: `differs(blockReplicas.block, NO_ROW)`.
 */
export function select(rows: number, filters: readonly Filter[]): RowSet {
  const selected = new RowSet(rows);
  const marks = new Uint8Array(PAGE_ROWS);
  for (let page = 0; page * PAGE_ROWS < rows; page++) {
    marks.fill(1);
    for (const filter of filters) filter(page, marks);
    const end = Math.min(PAGE_ROWS, rows - page * PAGE_ROWS);
    for (let i = 0; i < end; i++) if (marks[i] === 1) selected.add(page * PAGE_ROWS + i);
  }
  return selected;
}

/** Sums of `value(row)` by `key(row)`, for keys from 0 to `keys - 1`. */
export function sumBy(
  rows: RowSet,
  keys: number,
  key: (row: number) => number,
  value: (row: number) => number,
): Float64Array {
  const sums = new Float64Array(keys);
  rows.visitRows((row) => {
    const at = key(row);
    sums[at] = (sums[at] as number) + value(row);
  });
  return sums;
}

function overPage(column: ReadColumn, narrow: (page: ArrayLike<number>, marks: Uint8Array) => void): Filter {
  return (pageIndex, marks) => {
    const page = column.page(pageIndex);
    if (page === undefined) marks.fill(0);
    else narrow(page, marks);
  };
}
