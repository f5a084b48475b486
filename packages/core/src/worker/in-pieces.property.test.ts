import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PIECE_ITEMS, PieceCollector, takeApart } from './in-pieces.ts';

const long = fc
  .integer({ min: PIECE_ITEMS - 1, max: PIECE_ITEMS + 2 })
  .map((length) => Array.from({ length }, (_, i) => ({ i })));
const longMap = long.map((items) => new Map(items.map((item) => [`${item.i}`, item])));
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 8 },
    fc.integer(),
    fc.constant(null),
    fc.constant(undefined),
    long,
    longMap,
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.constant(new Map([[1, 'a key that is no text']])),
    fc.constant(new Date(0)),
    fc.array(fc.tuple(fc.constantFrom('a', 'b'), tie('value')), { maxLength: 2 }).map((entries) => new Map(entries)),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'length'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;

/** As it is on the other side of a message. */
function cross(whole: unknown, collector = new PieceCollector()): unknown {
  const { frame, pieces } = takeApart(whole);
  for (const piece of pieces) {
    expect(piece.items.length).toBeLessThanOrEqual(PIECE_ITEMS);
    collector.take(structuredClone(piece));
  }
  return collector.finish(structuredClone(frame));
}

it('comes out as one clone would', () => {
  const collector = new PieceCollector();
  fc.assert(
    fc.property(value, (whole) => {
      const expected = structuredClone(whole);
      expect(cross(whole, collector)).toEqual(expected);
      expect(whole).toEqual(expected);
    }),
  );
});

it('has nothing long in its frame but what lies deep', () => {
  const items = Array.from({ length: PIECE_ITEMS + 1 }, (_, i) => i);
  const whole = { a: { b: items, c: new Map([['d', new Map(items.map((i) => [i, i]))]]) }, e: 1 };
  const { frame, pieces } = takeApart(whole);
  expect(frame.value).toEqual({ a: { b: null, c: new Map([['d', null]]) }, e: 1 });
  expect([...pieces].map((piece) => [piece.at, piece.items.length])).toEqual([
    [0, 1000],
    [0, 1],
    [1, 1000],
    [1, 1],
  ]);
});

it('ends with a value that has itself in it', () => {
  const whole: { itself?: unknown; list: number[] } = { list: Array.from({ length: PIECE_ITEMS + 1 }, (_, i) => i) };
  whole.itself = whole;
  const again = cross(whole) as typeof whole;
  expect(again.list).toEqual(whole.list);
  expect((again.itself as typeof whole).list).toEqual(whole.list);
});
