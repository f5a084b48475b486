import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PagePieces } from './page-pieces.ts';

const sizes = fc.oneof(
  fc.array(fc.constant(64), { maxLength: 300, size: 'max' }),
  fc.array(fc.constantFrom(8, 64, 4096), { maxLength: 60 }),
);

it('gives zeroes to each, and to nobody what another one has', () => {
  fc.assert(
    fc.property(sizes, (all) => {
      const pieces = new PagePieces();
      const pages = all.map((bytes, i) => {
        const page = pieces.take(bytes);
        expect(page.length).toBe(bytes);
        expect(page.every((byte) => byte === 0)).toBe(true);
        return page.fill((i % 255) + 1);
      });
      for (const [i, page] of pages.entries()) expect(page.every((byte) => byte === (i % 255) + 1)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

it('puts many pages in few pieces, and spares a small column', () => {
  const pieces = new PagePieces();
  const pages = Array.from({ length: 1000 }, () => pieces.take(4096));
  expect(new Set(pages.map(({ buffer }) => buffer)).size).toBeLessThan(25);
  const [first, second] = pages;
  expect(first?.buffer.byteLength).toBe(4096);
  expect(second?.buffer.byteLength).toBe(4096);
});
