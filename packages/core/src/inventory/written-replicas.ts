import type { BlockReplicaRecord } from '../model/records.ts';

const FEWEST_SLOT_BITS = 6;
/** Eight times as many at a time: to find places anew for many rows takes long, and happens seldom so. */
const MORE_SLOT_BITS = 3;
const EMPTY = -1;
/** Fibonacci hashing: the upper bits of the product are well spread (Knuth, volume 3, 6.4). */
const GOLDEN = 0x9e37_79b1;

/**
 * The block replicas that a draft has written, by row, in the order in which they were written first: what was there before,
 * and what is there now. A large commit has very many, so that there is no object for each of them.
 */
export class WrittenReplicas {
  readonly before: (BlockReplicaRecord | null)[] = [];
  /** Undefined: it was taken out again. */
  readonly after: (BlockReplicaRecord | undefined)[] = [];
  #rows: Uint32Array = new Uint32Array(1 << (FEWEST_SLOT_BITS - 1));
  #count = 0;
  /** Places in the lists, found by row; open addressing. */
  #slots: Int32Array = new Int32Array(1 << FEWEST_SLOT_BITS).fill(EMPTY);
  #slotBits = FEWEST_SLOT_BITS;

  /** The place of a row in `before` and `after`, or -1. */
  find(row: number): number {
    const at = this.#slots[this.#slotOf(row)] as number;
    return at === EMPTY || this.after[at] === undefined ? -1 : at;
  }

  /** The row has no place yet. */
  add(row: number, before: BlockReplicaRecord | null, after: BlockReplicaRecord): void {
    if (this.#count === this.#rows.length) this.#widen();
    const at = this.#count;
    this.#count += 1;
    this.#rows[at] = row;
    this.before.push(before);
    this.after.push(after);
    this.#slots[this.#slotOf(row)] = at;
  }

  /** The row has no place any more: another replica may come to be in it. */
  takeOut(at: number): void {
    this.before[at] = null;
    this.after[at] = undefined;
  }

  #widen(): void {
    this.#slotBits += MORE_SLOT_BITS;
    this.#slots = new Int32Array(1 << this.#slotBits).fill(EMPTY);
    // Half of the slots stay empty.
    const rows = new Uint32Array(1 << (this.#slotBits - 1));
    rows.set(this.#rows);
    this.#rows = rows;
    for (let at = 0; at < this.#count; at++) this.#slots[this.#slotOf(this.#rows[at] as number)] = at;
  }

  /** Where the row is found, or is to be put. */
  #slotOf(row: number): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(row, GOLDEN) >>> (32 - this.#slotBits);
    for (;;) {
      const at = this.#slots[slot] as number;
      if (at === EMPTY || this.#rows[at] === row) return slot;
      slot = (slot + 1) & mask;
    }
  }
}
