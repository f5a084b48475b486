const DONE: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/**
 * Iterates over rows as view objects. Written out, since generators cost several times as much in a scan of the whole
 * inventory. `next(row)` gives the row after it, `end` stops.
 */
export class RowIterator<T> implements IterableIterator<T, undefined> {
  #row: number;
  readonly #end: number;
  readonly #next: (row: number) => number;
  readonly #make: (row: number) => T;

  constructor(first: number, end: number, next: (row: number) => number, make: (row: number) => T) {
    this.#row = first;
    this.#end = end;
    this.#next = next;
    this.#make = make;
  }

  next(): IteratorResult<T, undefined> {
    const row = this.#row;
    if (row === this.#end) return DONE;
    this.#row = this.#next(row);
    return { done: false, value: this.#make(row) };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
