import type { Clock, RandomSource } from '@dynamo/core';
import type { DatabaseFault } from './dialect-differences.ts';

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Whether what failed in this way may be done again. */
  isRepeatable(fault: DatabaseFault): boolean;
  faultOf(error: unknown): DatabaseFault;
}

const MAX_TRIES = 14;
const FIRST_DELAY_MS = 10;
const MAX_DELAY_MS = 1500;

/**
 * Does `work` again, about ten seconds long, after waiting twice as long each time, give or take a half so that those
 * who met once do not meet again; then the last error goes through.
 */
export async function withRetries<T>(options: RetryOptions, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries >= MAX_TRIES || !options.isRepeatable(options.faultOf(error))) throw error;
      const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
      await options.clock.sleep(delayMs * (0.5 + options.random.nextFloat()));
    }
  }
}
