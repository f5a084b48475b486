import type { U32Column } from './column.ts';
import type { TextHeap } from './text-heap.ts';

/** Texts by row, kept in a heap that all versions share. Rows never set, or cleared, have none. */
export class TextColumn {
  readonly #offsets: U32Column;
  readonly #heap: TextHeap;

  constructor(offsets: U32Column, heap: TextHeap) {
    this.#offsets = offsets;
    this.#heap = heap;
  }

  has(row: number): boolean {
    return this.#offsets.get(row) !== 0;
  }

  is(row: number, text: string): boolean {
    const offset = this.#offsets.get(row);
    return offset !== 0 && this.#heap.is(offset, text);
  }

  /** Where the text is, for `touch`. 0: there is none. */
  placeOf(row: number): number {
    return this.#offsets.get(row);
  }

  /** Brings the text at that place near, for a look at it soon; what it gives means nothing. */
  touch(place: number): number {
    return place === 0 ? 0 : this.#heap.touch(place);
  }

  get(row: number): string | undefined {
    const offset = this.#offsets.get(row);
    return offset === 0 ? undefined : this.#heap.get(offset);
  }

  set(row: number, text: string | undefined): void {
    this.#offsets.set(row, text === undefined ? 0 : this.#heap.add(text));
  }
}
