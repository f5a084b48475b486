/**
 * Columns in fixed-size pages, shared between versions and copied on first write.
 *
 * A fork costs nothing: it shares the table of pages and every page. Its first write copies the table (16 bytes a page),
 * its first write into a page copies that page. A page is writable for the fork whose stamp it carries. Pages are SharedArrayBuffers, so
 * that worker threads read a version without a copy.
 */
import { Stamp } from './stamp.ts';
import type { ImageReader, ImageWriter } from './state-image.ts';

export const PAGE_SHIFT = 12;
export const PAGE_ROWS: number = 1 << PAGE_SHIFT;
const PAGE_MASK = PAGE_ROWS - 1;

type NumericPage = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** How the rows of a column are stored: one constructor, so that every column of a kind has pages of one shape. */
interface PageKind<P extends NumericPage> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer): P;
}

/** Of pages that came in an image: nobody's to write. */
const FOREIGN: Stamp = new Stamp();

/** A column of numbers. Rows never written read 0. */
export class Column<P extends NumericPage> {
  readonly #kind: PageKind<P>;
  readonly #stamp: Stamp;
  #pages: P[];
  #stamps: Stamp[];
  #ownsTable: boolean;

  private constructor(kind: PageKind<P>, pages: P[], stamps: Stamp[], stamp: Stamp, ownsTable: boolean) {
    this.#kind = kind;
    this.#pages = pages;
    this.#stamps = stamps;
    this.#stamp = stamp;
    this.#ownsTable = ownsTable;
  }

  static of<P extends NumericPage>(kind: PageKind<P>, stamp: Stamp): Column<P> {
    return new Column(kind, [], [], stamp, true);
  }

  static read<P extends NumericPage>(kind: PageKind<P>, image: ImageReader, name: string): Column<P> {
    const pages = image.pages(name).map((buffer) => new kind(buffer));
    return new Column(kind, pages, new Array<Stamp>(pages.length).fill(FOREIGN), new Stamp(), false);
  }

  write(image: ImageWriter, name: string): void {
    image.pages(
      name,
      this.#pages.map((page) => page.buffer as SharedArrayBuffer),
    );
  }

  /** A column with the same content, whose writes this one never sees. Do not write to this one any more. */
  fork(stamp: Stamp): Column<P> {
    return new Column(this.#kind, this.#pages, this.#stamps, stamp, false);
  }

  get(row: number): number {
    return (this.#pages[row >>> PAGE_SHIFT] as P)[row & PAGE_MASK] as number;
  }

  /** Writing what is there already copies nothing. */
  set(row: number, value: number): void {
    const index = row >>> PAGE_SHIFT;
    const page = this.#pages[index];
    if (page !== undefined && page[row & PAGE_MASK] === value) return;
    this.#writablePage(index)[row & PAGE_MASK] = value;
  }

  add(row: number, amount: number): void {
    if (amount === 0) return;
    const page = this.#writablePage(row >>> PAGE_SHIFT);
    page[row & PAGE_MASK] = (page[row & PAGE_MASK] as number) + amount;
  }

  /** The page of rows from `index * PAGE_ROWS` on, for scans; undefined past the end. Do not write to it. */
  page(index: number): P | undefined {
    return this.#pages[index];
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
      const copy = new this.#kind(this.#stamp.reserve.take(PAGE_ROWS * this.#kind.BYTES_PER_ELEMENT));
      copy.set(this.#pages[index] as P);
      this.#stamp.count(copy.byteLength);
      this.#pages[index] = copy;
      this.#stamps[index] = this.#stamp;
    }
    return this.#pages[index] as P;
  }

  #newPage(): P {
    return new this.#kind(new SharedArrayBuffer(PAGE_ROWS * this.#kind.BYTES_PER_ELEMENT));
  }
}

export type U8Column = Column<Uint8Array>;
export type U16Column = Column<Uint16Array>;
export type U32Column = Column<Uint32Array>;
export type F64Column = Column<Float64Array>;

/** Unsigned integers of 8, 16 and 32 bits, and doubles. */
export type ColumnKind = 'u8' | 'u16' | 'u32' | 'f64';

const KINDS: Readonly<Record<ColumnKind, PageKind<NumericPage>>> = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  f64: Float64Array,
};

/** Names of columns and how each is stored. */
export type ColumnSchema = Readonly<Record<string, ColumnKind>>;

/** The columns of a table. */
export type Columns<Schema extends ColumnSchema> = {
  readonly [Name in keyof Schema]: { u8: U8Column; u16: U16Column; u32: U32Column; f64: F64Column }[Schema[Name]];
};

/** Empty columns. */
export function makeColumns<Schema extends ColumnSchema>(schema: Schema, stamp: Stamp): Columns<Schema> {
  return mapColumns(schema, (kind) => Column.of(KINDS[kind], stamp));
}

/** See `Column.fork`. */
export function forkColumns<Schema extends ColumnSchema>(columns: Columns<Schema>, stamp: Stamp): Columns<Schema> {
  const forks: Record<string, unknown> = {};
  for (const name in columns) forks[name] = columns[name].fork(stamp);
  return forks as Columns<Schema>;
}

export function writeColumns<Schema extends ColumnSchema>(columns: Columns<Schema>, image: ImageWriter): void {
  for (const name in columns) columns[name].write(image, name);
}

export function readColumns<Schema extends ColumnSchema>(schema: Schema, image: ImageReader): Columns<Schema> {
  return mapColumns(schema, (kind, name) => Column.read(KINDS[kind], image, name));
}

function mapColumns<Schema extends ColumnSchema>(
  schema: Schema,
  make: (kind: ColumnKind, name: string) => unknown,
): Columns<Schema> {
  const columns: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(schema)) columns[name] = make(kind, name);
  return columns as Columns<Schema>;
}

/** Where a table begins: with nothing, as a fork of an older version, or from an image. */
export type TableSource<Base> =
  | { readonly kind: 'empty'; readonly stamp: Stamp }
  | { readonly kind: 'fork'; readonly stamp: Stamp; readonly base: Base }
  | { readonly kind: 'image'; readonly stamp: Stamp; readonly image: ImageReader };

/** The columns of a table that begins so. */
export function columnsFrom<Schema extends ColumnSchema>(
  schema: Schema,
  source: TableSource<Columns<Schema>>,
): Columns<Schema> {
  if (source.kind === 'fork') return forkColumns(source.base, source.stamp);
  return source.kind === 'image' ? readColumns(schema, source.image) : makeColumns(schema, source.stamp);
}
