import type { RandomSource } from '@dynamo/core';

/** An index, drawn with the weights; infinite ones exclude the finite. -1 where there is none with a weight above 0. */
export function drawWeighted(weights: ArrayLike<number>, random: RandomSource): number {
  const { length } = weights;
  let infinite = 0;
  let total = 0;
  for (let i = 0; i < length; i++) {
    const weight = weights[i] as number;
    if (weight === Number.POSITIVE_INFINITY) infinite += 1;
    else if (weight > 0) total += weight;
  }
  if (infinite > 0) total = infinite;
  if (!(total > 0)) return -1;
  let left = random.nextFloat() * total;
  let last = -1;
  for (let i = 0; i < length; i++) {
    const weight = weights[i] as number;
    const own = infinite === 0 ? weight : weight === Number.POSITIVE_INFINITY ? 1 : 0;
    if (!(own > 0)) continue;
    last = i;
    left -= own;
    if (left < 0) return i;
  }
  return last;
}
