import { type Columns, forkColumns, makeColumns, readColumns, writeColumns } from './column.ts';
import { Stamp } from './stamp.ts';
import type { ImageReader, ImageWriter } from './state-image.ts';

const EMPTY = 0;
const TOMBSTONE = 0xffff_ffff;
const SMALLEST = 64;
const SCHEMA = { slots: 'u32' } as const;

/** FNV-1a over UTF-16 code units, finished by a mix of all bits; `seed` makes one key of two. 32 bits, signed: those are never boxed. */
export function hashText(text: string, seed = 0): number {
  let hash = 0x811c_9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return hash ^ (hash >>> 13);
}

/** Words of a slot: one past the row, and the hash of its key. */
const STRIDE = 2;

/**
 * An open-addressed hash index from keys to rows, in a column, so that every version has its own at the cost of the
 * pages that changed. Keys are not kept, but their hashes are: the caller compares the row's own key, and only where the
 * hashes are the same, since every look at a row is a wait for memory.
 */
export class HashIndex {
  #columns: Columns<typeof SCHEMA>;
  readonly #stamp: Stamp;
  #size: number;
  #used: number;
  #live: number;

  private constructor(stamp: Stamp, columns: Columns<typeof SCHEMA>, size: number, used: number, live: number) {
    this.#stamp = stamp;
    this.#columns = columns;
    this.#size = size;
    this.#used = used;
    this.#live = live;
  }

  static empty(stamp: Stamp): HashIndex {
    const columns = makeColumns(SCHEMA, stamp);
    columns.slots.set(SMALLEST * STRIDE - 1, EMPTY);
    return new HashIndex(stamp, columns, SMALLEST, 0, 0);
  }

  static read(image: ImageReader): HashIndex {
    const columns = readColumns(SCHEMA, image);
    return new HashIndex(new Stamp(), columns, image.value('size'), image.value('used'), image.value('live'));
  }

  write(image: ImageWriter): void {
    writeColumns(this.#columns, image);
    image.value('size', this.#size);
    image.value('used', this.#used);
    image.value('live', this.#live);
  }

  fork(stamp: Stamp): HashIndex {
    return new HashIndex(stamp, forkColumns(this.#columns, stamp), this.#size, this.#used, this.#live);
  }

  get live(): number {
    return this.#live;
  }

  /** The row with that hash (32 bits, signed or not) for which `matches` holds, or -1. */
  find(hash: number, matches: (row: number) => boolean): number {
    const { slots } = this.#columns;
    const mask = this.#size - 1;
    const wanted = hash >>> 0;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots.get(slot * STRIDE);
      if (entry === EMPTY) return -1;
      if (entry !== TOMBSTONE && slots.get(slot * STRIDE + 1) === wanted && matches(entry - 1)) return entry - 1;
    }
  }

  /**
   * For each hash the first row that has it, or -1: mostly the one that is looked for, but its key has still to be
   * compared, and others may follow. The waits for memory overlap.
   */
  candidates(hashes: Int32Array, count: number, rows: Uint32Array): void {
    const { slots } = this.#columns;
    const mask = this.#size - 1;
    for (let i = 0; i < count; i++) {
      const wanted = (hashes[i] as number) >>> 0;
      let slot = wanted & mask;
      let entry = slots.get(slot * STRIDE);
      while (entry !== EMPTY && (entry === TOMBSTONE || slots.get(slot * STRIDE + 1) !== wanted)) {
        slot = (slot + 1) & mask;
        entry = slots.get(slot * STRIDE);
      }
      // One less than EMPTY is NO_ROW there.
      rows[i] = entry - 1;
    }
  }

  /** The row must not be in the index. */
  insert(hash: number, row: number): void {
    if ((this.#used + 1) * 4 > this.#size * 3) this.#rebuild();
    const { slots } = this.#columns;
    const mask = this.#size - 1;
    let slot = hash & mask;
    let entry = slots.get(slot * STRIDE);
    while (entry !== EMPTY && entry !== TOMBSTONE) {
      slot = (slot + 1) & mask;
      entry = slots.get(slot * STRIDE);
    }
    if (entry === EMPTY) this.#used += 1;
    slots.set(slot * STRIDE, row + 1);
    slots.set(slot * STRIDE + 1, hash >>> 0);
    this.#live += 1;
  }

  remove(hash: number, row: number): void {
    const { slots } = this.#columns;
    const mask = this.#size - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots.get(slot * STRIDE);
      if (entry === EMPTY) return;
      if (entry === row + 1) {
        slots.set(slot * STRIDE, TOMBSTONE);
        this.#live -= 1;
        return;
      }
    }
  }

  #rebuild(): void {
    const old = this.#columns.slots;
    const oldSize = this.#size;
    while (this.#live * 2 >= this.#size) this.#size *= 2;
    this.#stamp.count(oldSize * STRIDE * Uint32Array.BYTES_PER_ELEMENT);
    this.#columns = makeColumns(SCHEMA, this.#stamp);
    this.#columns.slots.set(this.#size * STRIDE - 1, EMPTY);
    this.#used = 0;
    this.#live = 0;
    for (let slot = 0; slot < oldSize; slot++) {
      const entry = old.get(slot * STRIDE);
      if (entry !== EMPTY && entry !== TOMBSTONE) this.insert(old.get(slot * STRIDE + 1), entry - 1);
    }
  }
}
