import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PART_BYTES, pack, packPieces, unpack, unpackPieces } from './packed-text.ts';

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
        expect(await joined(unpackPieces(parts, encoding))).toBe(whole);
      },
    ),
  );
  expect(PART_BYTES).toBeLessThanOrEqual(2 ** 20);
});

it('packs a text in pieces as it packs the whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' })),
      fc.integer({ min: -1, max: 40 }),
      async (pieces, plainBytes) => {
        const whole = pieces.join('');
        const { body, encoding } = await packPieces(pieces, plainBytes);
        expect(encoding).toBe((await pack(whole, plainBytes)).encoding);
        expect(await unpack([body], encoding)).toBe(whole);
      },
    ),
  );
});

it('gives the pieces of a damaged text as far as they go, and says so', async () => {
  const { body } = await pack('text '.repeat(100_000));
  await expect(joined(unpackPieces([body.subarray(0, -10)], 'deflate'))).rejects.toThrow('unexpected end');
});

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
