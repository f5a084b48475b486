/**
 * Columns in fixed-size pages, shared between versions and copied on first write.
 *
 * A fork costs nothing: it shares the table of pages and every page. Its first write copies the table (16 bytes a page),
 * its first write into a page copies that page. A page is writable for the fork whose stamp it carries. Pages are in
 * SharedArrayBuffers, so that worker threads read a version without a copy.
 */
import { PagePieces } from './page-pieces.ts';
import type { NumericPage, PageKind } from './page-reserve.ts';
import { Stamp } from './stamp.ts';
import type { ImageReader, ImageWriter } from './state-image.ts';

export const PAGE_SHIFT = 12;
export const PAGE_ROWS: number = 1 << PAGE_SHIFT;
const PAGE_MASK = PAGE_ROWS - 1;

/** What versions share. */
interface Pages<P> {
  readonly pages: P[];
  /** By page, whose it is to write. */
  readonly stamps: Stamp[];
  readonly pieces: PagePieces;
}

/** Of pages that came in an image: nobody's to write. */
const FOREIGN: Stamp = new Stamp();

/** A column of numbers. Rows never written read 0. */
abstract class Column<P extends NumericPage> {
  protected pages: P[];
  #stamps: Stamp[];
  readonly #pieces: PagePieces;
  readonly #kind: PageKind<P>;
  readonly #stamp: Stamp;
  #ownsTable: boolean;

  constructor(kind: PageKind<P>, stamp: Stamp, base: Pages<P> | undefined) {
    this.pages = base === undefined ? [] : base.pages;
    this.#stamps = base === undefined ? [] : base.stamps;
    this.#pieces = base === undefined ? new PagePieces() : base.pieces;
    this.#kind = kind;
    this.#stamp = stamp;
    this.#ownsTable = base === undefined;
  }

  abstract get(row: number): number;

  /** Writing what is there already copies nothing. */
  abstract set(row: number, value: number): void;

  /** A column with the same content, whose writes this one never sees. Do not write to this one any more. */
  fork(stamp: Stamp): this {
    return this.with(stamp, { pages: this.pages, stamps: this.#stamps, pieces: this.#pieces });
  }

  /** A column of these pages, which are nobody's to write. */
  read(image: ImageReader, name: string): this {
    const pages = image.pages(name).map((page) => this.#pageOf(page));
    const stamps = new Array<Stamp>(pages.length).fill(FOREIGN);
    return this.with(new Stamp(), { pages, stamps, pieces: new PagePieces() });
  }

  write(image: ImageWriter, name: string): void {
    image.pages(name, this.pages.slice());
  }

  add(row: number, amount: number): void {
    if (amount !== 0) this.set(row, this.get(row) + amount);
  }

  /** The page of rows from `index * PAGE_ROWS` on, for scans; undefined past the end. Do not write to it. */
  page(index: number): P | undefined {
    return this.pages[index];
  }

  /** A column of the same kind. */
  protected abstract with(stamp: Stamp, base: Pages<P>): this;

  protected writablePage(index: number): P {
    if (this.#stamps[index] === this.#stamp) return this.pages[index] as P;
    if (!this.#ownsTable) {
      this.pages = this.pages.slice();
      this.#stamps = this.#stamps.slice();
      this.#ownsTable = true;
    }
    for (let i = this.pages.length; i <= index; i++) {
      this.pages.push(this.#pageOf(this.#pieces.take(PAGE_ROWS * this.#kind.BYTES_PER_ELEMENT)));
      this.#stamps.push(this.#stamp);
    }
    if (this.#stamps[index] !== this.#stamp) {
      this.pages[index] = this.#stamp.copyOf(this.pages[index] as P, this.#kind);
      this.#stamps[index] = this.#stamp;
    }
    return this.pages[index] as P;
  }

  #pageOf({ buffer, byteOffset, byteLength }: ArrayBufferView): P {
    return new this.#kind(buffer, byteOffset, byteLength / this.#kind.BYTES_PER_ELEMENT);
  }
}

// One class for each kind, alike to the letter: an engine remembers by the place in the source what kind of page it has
// seen there. Where it has seen only one, reading a row takes a third of the time.

export class U8Column extends Column<Uint8Array> {
  constructor(stamp: Stamp, base?: Pages<Uint8Array>) {
    super(Uint8Array, stamp, base);
  }

  get(row: number): number {
    return (this.pages[row >>> PAGE_SHIFT] as Uint8Array)[row & PAGE_MASK] as number;
  }

  set(row: number, value: number): void {
    const index = row >>> PAGE_SHIFT;
    const page = this.pages[index];
    if (page !== undefined && page[row & PAGE_MASK] === value) return;
    this.writablePage(index)[row & PAGE_MASK] = value;
  }

  protected with(stamp: Stamp, base: Pages<Uint8Array>): this {
    return new U8Column(stamp, base) as this;
  }
}

export class U16Column extends Column<Uint16Array> {
  constructor(stamp: Stamp, base?: Pages<Uint16Array>) {
    super(Uint16Array, stamp, base);
  }

  get(row: number): number {
    return (this.pages[row >>> PAGE_SHIFT] as Uint16Array)[row & PAGE_MASK] as number;
  }

  set(row: number, value: number): void {
    const index = row >>> PAGE_SHIFT;
    const page = this.pages[index];
    if (page !== undefined && page[row & PAGE_MASK] === value) return;
    this.writablePage(index)[row & PAGE_MASK] = value;
  }

  protected with(stamp: Stamp, base: Pages<Uint16Array>): this {
    return new U16Column(stamp, base) as this;
  }
}

export class U32Column extends Column<Uint32Array> {
  constructor(stamp: Stamp, base?: Pages<Uint32Array>) {
    super(Uint32Array, stamp, base);
  }

  get(row: number): number {
    return (this.pages[row >>> PAGE_SHIFT] as Uint32Array)[row & PAGE_MASK] as number;
  }

  set(row: number, value: number): void {
    const index = row >>> PAGE_SHIFT;
    const page = this.pages[index];
    if (page !== undefined && page[row & PAGE_MASK] === value) return;
    this.writablePage(index)[row & PAGE_MASK] = value;
  }

  protected with(stamp: Stamp, base: Pages<Uint32Array>): this {
    return new U32Column(stamp, base) as this;
  }
}

export class F64Column extends Column<Float64Array> {
  constructor(stamp: Stamp, base?: Pages<Float64Array>) {
    super(Float64Array, stamp, base);
  }

  get(row: number): number {
    return (this.pages[row >>> PAGE_SHIFT] as Float64Array)[row & PAGE_MASK] as number;
  }

  set(row: number, value: number): void {
    const index = row >>> PAGE_SHIFT;
    const page = this.pages[index];
    if (page !== undefined && page[row & PAGE_MASK] === value) return;
    this.writablePage(index)[row & PAGE_MASK] = value;
  }

  protected with(stamp: Stamp, base: Pages<Float64Array>): this {
    return new F64Column(stamp, base) as this;
  }
}

/** Unsigned integers of 8, 16 and 32 bits, and doubles. */
export type ColumnKind = 'u8' | 'u16' | 'u32' | 'f64';

interface Kinds {
  readonly u8: typeof U8Column;
  readonly u16: typeof U16Column;
  readonly u32: typeof U32Column;
  readonly f64: typeof F64Column;
}
const KINDS: Kinds = { u8: U8Column, u16: U16Column, u32: U32Column, f64: F64Column };

/** Names of columns and how each is stored. */
export type ColumnSchema = Readonly<Record<string, ColumnKind>>;

/** The columns of a table. */
export type Columns<Schema extends ColumnSchema> = {
  readonly [Name in keyof Schema]: InstanceType<Kinds[Schema[Name]]>;
};

/** Empty columns. */
export function makeColumns<Schema extends ColumnSchema>(schema: Schema, stamp: Stamp): Columns<Schema> {
  return mapColumns(schema, (kind) => new KINDS[kind](stamp));
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
  return mapColumns(schema, (kind, name) => new KINDS[kind](new Stamp()).read(image, name));
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
