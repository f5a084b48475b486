import { setImmediate as turn } from 'node:timers/promises';
import { abortedError } from '../errors/aborted-error.ts';
import { assert } from '../errors/assert.ts';
import type { Clock } from './clock.ts';

/** A clock for tests: time stands still until {@link ManualClock.advance} is called. */
export interface ManualClock extends Clock {
  /** Sleepers wake in the order of their due times; what each sets off runs (one turn of the event loop) before the next. */
  advance(durationMs: number): Promise<void>;
  /** How many sleeps are pending: 0 when nothing leaks. */
  readonly sleeperCount: number;
}

export function createManualClock({
  startSeconds = 1_767_225_600,
}: {
  readonly startSeconds?: number;
} = {}): ManualClock {
  let elapsedMs = 0;
  const sleepers = new Set<{ readonly dueMs: number; readonly wake: () => void }>();

  return {
    nowSeconds: () => startSeconds + Math.floor(elapsedMs / 1000),
    monotonicMs: () => elapsedMs,
    sleep(durationMs, { signal } = {}) {
      if (signal?.aborted) return Promise.reject(abortedError('sleep', signal));
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sleeper = {
        dueMs: elapsedMs + Math.max(0, durationMs),
        wake() {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      const abort = (): void => {
        sleepers.delete(sleeper);
        if (signal !== undefined) reject(abortedError('sleep', signal));
      };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', abort, { once: true });
      return promise;
    },
    async advance(durationMs) {
      assert(durationMs >= 0, 'a clock never goes back');
      const untilMs = elapsedMs + durationMs;
      await turn();
      for (;;) {
        // Strictly earlier wins, so that sleepers due together wake in the order in which they fell asleep.
        let next: { readonly dueMs: number; readonly wake: () => void } | undefined;
        for (const sleeper of sleepers) if (next === undefined || sleeper.dueMs < next.dueMs) next = sleeper;
        if (next === undefined || next.dueMs > untilMs) break;
        elapsedMs = next.dueMs;
        next.wake();
        await turn();
      }
      elapsedMs = untilMs;
    },
    get sleeperCount() {
      return sleepers.size;
    },
  };
}
