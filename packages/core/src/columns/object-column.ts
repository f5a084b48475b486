import { PAGE_SHIFT } from './column.ts';
import type { Stamp } from './stamp.ts';
import type { ImageReader, ImageWriter } from './state-image.ts';

const OBJECT_PAGE_SHIFT = PAGE_SHIFT - 4;
const OBJECT_PAGE_ROWS = 1 << OBJECT_PAGE_SHIFT;
const OBJECT_PAGE_MASK = OBJECT_PAGE_ROWS - 1;

/**
 * A column of objects, shared and copied like the numeric ones; pages that hold nothing cost nothing, so that it may be
 * sparse. The objects themselves must not change.
 */
export class ObjectColumn<T> {
  readonly #stamp: Stamp;
  #pages: ((T | undefined)[] | undefined)[];
  #stamps: Stamp[];
  #ownsTable: boolean;

  private constructor(pages: ((T | undefined)[] | undefined)[], stamps: Stamp[], stamp: Stamp, ownsTable: boolean) {
    this.#pages = pages;
    this.#stamps = stamps;
    this.#stamp = stamp;
    this.#ownsTable = ownsTable;
  }

  static empty<T>(stamp: Stamp): ObjectColumn<T> {
    return new ObjectColumn<T>([], [], stamp, true);
  }

  static read<T>(stamp: Stamp, image: ImageReader, name: string): ObjectColumn<T> {
    const column = ObjectColumn.empty<T>(stamp);
    for (const [row, value] of image.value<readonly (readonly [number, T])[]>(name)) column.set(row, value);
    return column;
  }

  /** As pairs of row and value: the column is sparse, and its values are JSON. */
  write(image: ImageWriter, name: string): void {
    const pairs: [number, T][] = [];
    for (const [index, page] of this.#pages.entries()) {
      for (const [i, value] of (page ?? []).entries()) {
        if (value !== undefined) pairs.push([index * OBJECT_PAGE_ROWS + i, value]);
      }
    }
    image.value(name, pairs);
  }

  /** See `Column.fork`. */
  fork(stamp: Stamp): ObjectColumn<T> {
    return new ObjectColumn<T>(this.#pages, this.#stamps, stamp, false);
  }

  get(row: number): T | undefined {
    return this.#pages[row >>> OBJECT_PAGE_SHIFT]?.[row & OBJECT_PAGE_MASK];
  }

  set(row: number, value: T | undefined): void {
    const index = row >>> OBJECT_PAGE_SHIFT;
    if (value === undefined && this.get(row) === undefined) return;
    if (!this.#ownsTable) {
      this.#pages = this.#pages.slice();
      this.#stamps = this.#stamps.slice();
      this.#ownsTable = true;
    }
    while (this.#pages.length <= index) {
      this.#pages.push(undefined);
      this.#stamps.push(this.#stamp);
    }
    let page = this.#pages[index];
    if (page === undefined || this.#stamps[index] !== this.#stamp) {
      page = page === undefined ? new Array<T | undefined>(OBJECT_PAGE_ROWS).fill(undefined) : page.slice();
      this.#pages[index] = page;
      this.#stamps[index] = this.#stamp;
    }
    page[row & OBJECT_PAGE_MASK] = value;
  }
}
