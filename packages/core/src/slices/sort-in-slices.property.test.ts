import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortInSlices } from './sort-in-slices.ts';

it('sorts as a stable sort does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(20), fc.nat()), { maxLength: 5000, size: 'max' }), async (items) => {
      const compare = (a: readonly [number, number], b: readonly [number, number]) => a[0] - b[0];
      expect(await sortInSlices(items, compare)).toEqual(items.toSorted(compare));
    }),
    { numRuns: 20 },
  );
});
