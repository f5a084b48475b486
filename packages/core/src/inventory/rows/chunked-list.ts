const CHUNK_SHIFT = 10;
const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

/** A list that grows without moving what it has: to move a hundred thousand entries holds up everybody for milliseconds. */
export class ChunkedList<T> {
  readonly #chunks: T[][] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    const chunk = this.#chunks[this.#length >>> CHUNK_SHIFT];
    if (chunk === undefined) this.#chunks.push([item]);
    else chunk.push(item);
    this.#length += 1;
  }

  /** `at` is below the length. */
  get(at: number): T {
    return (this.#chunks[at >>> CHUNK_SHIFT] as T[])[at & CHUNK_MASK] as T;
  }
}
