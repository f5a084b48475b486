/** How long a piece of work may keep the event loop at a time, in ms: readers wait for two of them at the most. */
const SLICE_MS = 1;
/** Of a microsecond or so. */
const SHORT_STEPS = 64;

/** Work that yields wherever a slice is over, and returns what it comes to. */
export type Steps<T> = Generator<undefined, T>;

/**
 * Cuts long work into slices, so that readers and timers have their turn in between:
 * `if (slice.isOver) await slice.next()` now and then.
 */
export class TimeSlice {
  #endsAt = performance.now() + SLICE_MS;

  get isOver(): boolean {
    return performance.now() >= this.#endsAt;
  }

  /** `isOver` for step `i` of many short ones: to look at the clock costs as much as one of them. */
  isOverAt(i: number): boolean {
    return (i & (SHORT_STEPS - 1)) === 0 && this.isOver;
  }

  /** Lets the event loop turn. */
  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#endsAt = performance.now() + SLICE_MS;
  }

  /** Goes through the steps; the event loop turns wherever they yield. */
  async take<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await this.next();
    }
  }
}
