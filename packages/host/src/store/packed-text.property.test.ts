import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PART_BYTES, pack, unpack } from './packed-text.ts';

it('gives every text back, from parts of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary' }),
      fc.nat(3),
      fc.integer({ min: -1, max: 40 }),
      fc.integer({ min: 1, max: 50 }),
      async (text, repeats, plainBytes, partBytes) => {
        const whole = text.toWellFormed().repeat(repeats);
        const { body, encoding } = await pack(whole, plainBytes);
        expect(encoding).toBe(Buffer.byteLength(whole) <= plainBytes ? 'plain' : 'deflate');
        const parts: Uint8Array[] = [];
        for (let start = 0; start < body.length; start += partBytes)
          parts.push(body.subarray(start, start + partBytes));
        expect(await unpack(parts, encoding)).toBe(whole);
      },
    ),
  );
  expect(PART_BYTES).toBeLessThanOrEqual(2 ** 20);
});
