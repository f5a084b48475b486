import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortByText } from './sort-by-text.ts';

/** Long common beginnings, ends in the middle of others, the same text twice, and characters of every width. */
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', 'b', '/', '\t', '\u007f'), maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('\u0000', '\u00ff', '\ud800', '\uffff', '\u{1f600}'), maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('0', '1'), maxLength: 3 }).map((end) => `/Primary/Processed-v1/AOD\t${end}`),
);

it('sorts as a stable sort by texts does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 400, size: 'max' }), async (texts) => {
      const items = texts.map((each, place) => ({ text: each, place }));
      const expected = items.toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
      expect(await sortByText(items, (item) => item.text)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

it('sorts more than one run', async () => {
  const items = Array.from({ length: 40_000 }, (_, i) => ({
    text: `/set${(i * 7919) % 1013}/${(i * 31) % 17}`,
    place: i,
  }));
  const expected = items.toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  expect(await sortByText(items, (item) => item.text)).toEqual(expected);
});

it('goes on with the next text where the first ones are the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(text, text, text), { maxLength: 400, size: 'max' }), async (tuples) => {
      const items = tuples.map((names, place) => ({ names, place }));
      const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
      const expected = items.toSorted(
        ({ names: a }, { names: b }) => compare(a[0], b[0]) || compare(a[1], b[1]) || compare(a[2], b[2]),
      );
      const sorted = await sortByText(
        items,
        ({ names }) => names[0],
        ({ names }) => names[1],
        ({ names }) => names[2],
      );
      expect(sorted).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});
