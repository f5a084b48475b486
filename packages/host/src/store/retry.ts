import type { Clock, RandomSource } from '@dynamo/core';
import type { DatabaseFault } from './dialect-differences.ts';

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Whether what failed in this way may be done again. */
  isRepeatable(fault: DatabaseFault): boolean;
  faultOf(error: unknown): DatabaseFault;
  /** Told of what is done again, and why. */
  readonly onRepeat?: (fault: DatabaseFault, error: unknown) => void;
}

const MAX_TRIES = 14;
const FIRST_DELAY_MS = 10;
const MAX_DELAY_MS = 1500;
/** After the first failure: a try may take long by itself where the database hangs. */
const PATIENCE_MS = 10_000;

/**
 * Does `work` again, about ten seconds long, after waiting twice as long each time, give or take a half so that those
 * who met once do not meet again; then the last error goes through. Who waits for other transactions has his turn, too.
 */
export async function withRetries<T>(options: RetryOptions, work: () => Promise<T>): Promise<T> {
  let failedMs: number | undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const fault = options.faultOf(error);
      if (tries >= MAX_TRIES || !options.isRepeatable(fault)) throw error;
      failedMs ??= options.clock.monotonicMs();
      if (fault !== 'retry' && options.clock.monotonicMs() - failedMs >= PATIENCE_MS) throw error;
      options.onRepeat?.(fault, error);
      const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
      await options.clock.sleep(delayMs * (0.5 + options.random.nextFloat()));
    }
  }
}
