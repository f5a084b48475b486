/**
 * Columns in fixed-size pages, shared between versions and copied on first write.
 *
 * A fork costs nothing: it shares the table of pages and every page. Its first write copies the table (8 bytes a page),
 * its first write into a page copies that page. A page is writable for the fork whose stamp it carries; a stamp is
 * never used twice, so that what a committed version holds can never be written again.
 */
export const PAGE_SHIFT = 12;
export const PAGE_ROWS: number = 1 << PAGE_SHIFT;
const PAGE_MASK = PAGE_ROWS - 1;

type NumericPage = Uint8Array | Uint16Array | Uint32Array | Float64Array;

let lastStamp = 0;

/** A mark that no other fork in this process has. */
export function nextStamp(): number {
  lastStamp += 1;
  return lastStamp;
}

/** A column of numbers. Rows never written read 0. */
export class Column<P extends NumericPage> {
  readonly #newPage: () => P;
  readonly #stamp: number;
  #pages: P[];
  #stamps: number[];
  #ownsTable: boolean;

  private constructor(newPage: () => P, pages: P[], stamps: number[], stamp: number, ownsTable: boolean) {
    this.#newPage = newPage;
    this.#pages = pages;
    this.#stamps = stamps;
    this.#stamp = stamp;
    this.#ownsTable = ownsTable;
  }

  static of<P extends NumericPage>(newPage: () => P, stamp: number): Column<P> {
    return new Column(newPage, [], [], stamp, true);
  }

  /** A column with the same content, whose writes this one never sees. Do not write to this one any more. */
  fork(stamp: number): Column<P> {
    return new Column(this.#newPage, this.#pages, this.#stamps, stamp, false);
  }

  get(row: number): number {
    return (this.#pages[row >>> PAGE_SHIFT] as P)[row & PAGE_MASK] as number;
  }

  set(row: number, value: number): void {
    this.#writablePage(row >>> PAGE_SHIFT)[row & PAGE_MASK] = value;
  }

  add(row: number, amount: number): void {
    const page = this.#writablePage(row >>> PAGE_SHIFT);
    page[row & PAGE_MASK] = (page[row & PAGE_MASK] as number) + amount;
  }

  /** The page of rows from `index * PAGE_ROWS` on, for scans; undefined past the end. */
  page(index: number): P | undefined {
    return this.#pages[index];
  }

  /** Rows that have a page. */
  get capacity(): number {
    return this.#pages.length << PAGE_SHIFT;
  }

  #writablePage(index: number): P {
    if (this.#stamps[index] === this.#stamp) return this.#pages[index] as P;
    if (!this.#ownsTable) {
      this.#pages = this.#pages.slice();
      this.#stamps = this.#stamps.slice();
      this.#ownsTable = true;
    }
    for (let i = this.#pages.length; i <= index; i++) {
      this.#pages.push(this.#newPage());
      this.#stamps.push(this.#stamp);
    }
    if (this.#stamps[index] !== this.#stamp) {
      this.#pages[index] = (this.#pages[index] as P).slice() as P;
      this.#stamps[index] = this.#stamp;
    }
    return this.#pages[index] as P;
  }
}

export type U8Column = Column<Uint8Array>;
export type U16Column = Column<Uint16Array>;
export type U32Column = Column<Uint32Array>;
export type F64Column = Column<Float64Array>;

export function u8Column(stamp: number): U8Column {
  return Column.of(() => new Uint8Array(PAGE_ROWS), stamp);
}
export function u16Column(stamp: number): U16Column {
  return Column.of(() => new Uint16Array(PAGE_ROWS), stamp);
}
export function u32Column(stamp: number): U32Column {
  return Column.of(() => new Uint32Array(PAGE_ROWS), stamp);
}
export function f64Column(stamp: number): F64Column {
  return Column.of(() => new Float64Array(PAGE_ROWS), stamp);
}
