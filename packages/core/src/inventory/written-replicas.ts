import { ReplicaSides } from '../change-set/replica-sides.ts';
import { inSharedMemory } from '../columns/shared-memory.ts';
import type { BlockName, DatasetName } from '../model/names.ts';
import type { BlockReplicaRecord, Partial } from '../model/records.ts';
import { ChunkedList } from './rows/chunked-list.ts';

const FEWEST_SLOT_BITS = 6;
/** Half of the slots stay empty. */
const FEWEST = 1 << (FEWEST_SLOT_BITS - 1);
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
  /** By place: the row, the names, and both sides; the later one is not there where the replica was taken out again. */
  #rows: Uint32Array = inSharedMemory(Uint32Array, FEWEST);
  readonly #datasets = new ChunkedList<DatasetName>();
  readonly #blocks = new ChunkedList<BlockName>();
  readonly #sides = new ReplicaSides(FEWEST);
  /** Places, found by row; open addressing. */
  #slots: Int32Array = inSharedMemory(Int32Array, 1 << FEWEST_SLOT_BITS).fill(EMPTY);
  #slotBits = FEWEST_SLOT_BITS;

  /** How many places there are. */
  get count(): number {
    return this.#datasets.length;
  }

  /** The place of a row, or -1. */
  find(row: number): number {
    const at = this.#slots[this.#slotOf(row)] as number;
    return at === EMPTY || !this.isWritten(at) ? -1 : at;
  }

  /** The row has no place yet. */
  add(row: number, before: BlockReplicaRecord | null, after: BlockReplicaRecord, partial: Partial | null): void {
    const at = this.count;
    if (at === this.#rows.length) this.#widen();
    this.#rows[at] = row;
    this.#datasets.push(after.dataset);
    this.#blocks.push(after.block);
    this.#sides.set(at, 0, before);
    this.setAfter(at, after, partial);
    this.#slots[this.#slotOf(row)] = at;
  }

  /** `partial`: what it holds, as an object that nobody else has. */
  setAfter(at: number, after: BlockReplicaRecord, partial: Partial | null): void {
    this.#sides.set(at, 1, after, partial);
  }

  /** The row has no place any more: another replica may come to be in it. */
  takeOut(at: number): void {
    this.#sides.set(at, 0, null);
    this.#sides.set(at, 1, null);
  }

  /** Whether it was not taken out. */
  isWritten(at: number): boolean {
    return this.#sides.isThere(at, 1);
  }

  /** Whether it is what it was before. */
  isSame(at: number): boolean {
    return this.#sides.isSame(at);
  }

  before(at: number): BlockReplicaRecord | null {
    return this.#sides.record(at, 0, this.#datasets.get(at), this.#blocks.get(at));
  }

  /** Null: it was taken out. */
  after(at: number): BlockReplicaRecord | null {
    return this.#sides.record(at, 1, this.#datasets.get(at), this.#blocks.get(at));
  }

  #widen(): void {
    this.#slotBits += MORE_SLOT_BITS;
    this.#slots = inSharedMemory(Int32Array, 1 << this.#slotBits).fill(EMPTY);
    const rows = inSharedMemory(Uint32Array, this.#slots.length / 2);
    rows.set(this.#rows);
    this.#rows = rows;
    this.#sides.resize(rows.length);
    for (let at = 0; at < this.count; at++) this.#slots[this.#slotOf(rows[at] as number)] = at;
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
