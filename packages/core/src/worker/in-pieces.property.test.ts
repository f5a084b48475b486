import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PIECE_ITEMS, putTogether, takeApart } from './in-pieces.ts';

const long = fc
  .integer({ min: PIECE_ITEMS - 1, max: PIECE_ITEMS + 2 })
  .map((length) => Array.from({ length }, (_, i) => ({ i })));
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 8 },
    fc.integer(),
    fc.constant(null),
    fc.constant(undefined),
    long,
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.constant(new Map([['a', 1]])),
    fc.constant(new Date(0)),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'length'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;

it('comes out as one clone would, with no long list but those that are deep down in the frame', () => {
  fc.assert(
    fc.property(value, (whole) => {
      const expected = structuredClone(whole);
      const { frame, lists } = takeApart(whole);
      expect(whole).toEqual(expected);
      for (const { path, items } of lists) {
        expect(path.length).toBeLessThanOrEqual(6);
        expect(items.length).toBeGreaterThan(PIECE_ITEMS);
      }
      expect(putTogether({ frame: structuredClone(frame), lists: structuredClone(lists) })).toEqual(expected);
    }),
  );
});

it('ends with a value that has itself in it', () => {
  const whole: { itself?: unknown; list: number[] } = { list: Array.from({ length: PIECE_ITEMS + 1 }, (_, i) => i) };
  whole.itself = whole;
  const { frame, lists } = takeApart(whole);
  const again = putTogether({ frame: structuredClone(frame), lists }) as typeof whole;
  expect(again.list).toEqual(whole.list);
  expect((again.itself as typeof whole).list).toEqual(whole.list);
});
