import { setTimeout as delay } from 'node:timers/promises';
import { abortedError } from '../errors/aborted-error.ts';
import type { Clock } from './clock.ts';

/** The longest delay that a timer takes; a longer one would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

/** The machine's own clock. It has no state. */
export const systemClock: Clock = {
  nowSeconds: () => Math.floor(Date.now() / 1000),
  monotonicMs: () => performance.now(),
  async sleep(durationMs, { signal } = {}) {
    try {
      let leftMs = durationMs;
      do {
        await delay(Math.min(leftMs, maxTimerMs), undefined, signal === undefined ? {} : { signal });
        leftMs -= maxTimerMs;
      } while (leftMs > 0);
    } catch (error) {
      throw signal?.aborted ? abortedError('sleep', signal) : error;
    }
  },
};
