import type { RandomSource } from '@dynamo/core';

export interface BackoffOptions {
  /** The mean wait after the first failure. */
  readonly firstSeconds: number;
  readonly longestSeconds: number;
}

/**
 * How long to wait after that many failures in a row (1 or more): doubled each time, up to a bound, and spread over half
 * to one and a half of it, so that what failed together does not come back together.
 */
export function backoffSeconds(
  failures: number,
  { firstSeconds, longestSeconds }: BackoffOptions,
  random: RandomSource,
): number {
  const mean = Math.min(firstSeconds * 2 ** (failures - 1), longestSeconds);
  return Math.ceil(mean * (0.5 + random.nextFloat()));
}
