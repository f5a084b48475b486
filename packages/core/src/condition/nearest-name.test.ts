import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance, nearestName } from './nearest-name.ts';

it('finds what was meant', () => {
  const names = ['dataset.name', 'dataset.size', 'replica.size', 'dataset.usage_rank'];
  expect(nearestName('dataset.nmae', names)).toBe('dataset.name');
  expect(nearestName('Dataset.Name', names)).toBe('dataset.name');
  expect(nearestName('usage_rank', names)).toBe('dataset.usage_rank');
  expect(nearestName('size', names)).toBe('dataset.size');
  expect(nearestName('colour', names)).toBeUndefined();
  expect(nearestName('d'.repeat(10_000), names)).toBeUndefined();
});

it('measures insertions, deletions, replacements and swaps of neighbours', () => {
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('abcd', 'acbd')).toBe(1);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(`x${a}`, `x${b}`)).toBe(editDistance(a, b));
    }),
  );
});
