import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareByteOrder } from './byte-order.ts';

const text = fc.string({ unit: fc.oneof(fc.constantFrom('a', 'b', '\uffff', '\ue000', '😀', 'é'), fc.string()) });

it('orders as the UTF-8 bytes do', async () => {
  await fc.assert(
    fc.property(text, text, (left, right) => {
      const [a, b] = [left.toWellFormed(), right.toWellFormed()];
      expect(Math.sign(compareByteOrder(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
