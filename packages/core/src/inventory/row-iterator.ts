import { NO_ROW } from './tables.ts';

const DONE: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/**
 * Iterates over rows as view objects. Written out, without closures, since generators cost several times as much in a
 * scan of the whole inventory; few subclasses, so that the engine can build each into the loop that uses it.
 */
export abstract class RowIterator<T> implements IterableIterator<T, undefined> {
  #row: number;

  constructor(first: number) {
    this.#row = first;
  }

  next(): IteratorResult<T, undefined> {
    const row = this.#row;
    if (row === NO_ROW) return DONE;
    this.#row = this.after(row);
    return { done: false, value: this.at(row) };
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** The next row, or NO_ROW. */
  protected abstract after(row: number): number;
  protected abstract at(row: number): T;
}
