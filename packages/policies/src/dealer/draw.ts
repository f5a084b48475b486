import type { RandomSource } from '@dynamo/core';

/** An index, drawn with the weights; infinite ones exclude the finite. -1 where there is none with a weight above 0. */
export function drawWeighted(weights: readonly number[], random: RandomSource): number {
  const infinite = weights.some((weight) => weight === Number.POSITIVE_INFINITY);
  const weightOf = (weight: number): number =>
    infinite ? (weight === Number.POSITIVE_INFINITY ? 1 : 0) : Math.max(weight, 0);
  let total = 0;
  for (const weight of weights) total += weightOf(weight);
  if (!(total > 0)) return -1;
  let left = random.nextFloat() * total;
  let last = -1;
  for (const [i, weight] of weights.entries()) {
    const own = weightOf(weight);
    if (own === 0) continue;
    last = i;
    left -= own;
    if (left < 0) return i;
  }
  return last;
}
