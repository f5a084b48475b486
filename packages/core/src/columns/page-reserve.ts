import { TimeSlice } from '../slices/time-slice.ts';

/** Of all pages in reserve together. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** What a system hands out at a time. */
const MEMORY_PAGE_BYTES = 4096;

/**
 * Pages made ready between commits. To take fresh memory from the system costs several times what copying a page into it
 * does, so a commit that copies thousands of pages finds as many as the last one took, touched already. Pages that
 * versions no longer need are not used again: the garbage collector alone knows when nobody reads them.
 */
export class PageReserve {
  /** By their size in bytes. */
  readonly #ready = new Map<number, SharedArrayBuffer[]>();
  readonly #taken = new Map<number, number>();
  #isRefilling = false;

  /** All zeros. */
  take(bytes: number): SharedArrayBuffer {
    this.#taken.set(bytes, (this.#taken.get(bytes) ?? 0) + 1);
    return this.#ready.get(bytes)?.pop() ?? new SharedArrayBuffer(bytes);
  }

  /** Makes as many ready as were taken since the last time, a slice at a time; more than that are given up. */
  async refill(): Promise<void> {
    if (this.#isRefilling) return;
    this.#isRefilling = true;
    const slice = new TimeSlice();
    let left = LIMIT_BYTES;
    for (const [bytes, taken] of this.#taken) {
      this.#taken.set(bytes, 0);
      const wanted = Math.min(taken, Math.floor(left / bytes));
      left -= wanted * bytes;
      const ready = this.#ready.get(bytes) ?? [];
      this.#ready.set(bytes, ready);
      if (ready.length > wanted) ready.length = wanted;
      while (ready.length < wanted) {
        if (slice.isOver) await slice.next();
        ready.push(touchedPage(bytes));
      }
    }
    this.#isRefilling = false;
  }
}

function touchedPage(bytes: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes);
  const page = new Uint8Array(buffer);
  for (let at = 0; at < bytes; at += MEMORY_PAGE_BYTES) Atomics.store(page, at, 0);
  return buffer;
}
