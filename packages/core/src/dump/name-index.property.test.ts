import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { NameIndex } from './name-index.ts';

it('numbers names as a map does', async () => {
  const name = fc.oneof(fc.string(), fc.constantFrom('', 'a', 'ab', 'a\0', 'ba'), fc.nat(2000).map(String));
  await fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), name), { maxLength: 3000, size: 'max' }), (names) => {
      const index = new NameIndex();
      const model = new Map<string, number>();
      for (const [scope, text] of names) {
        const key = `${scope}:${text}`;
        expect(index.find(scope, text)).toBe(model.get(key) ?? -1);
        expect(index.add(scope, text)).toBe(model.has(key) ? -1 : model.size);
        if (!model.has(key)) model.set(key, model.size);
      }
      for (const [scope, text] of names) expect(index.find(scope, text)).toBe(model.get(`${scope}:${text}`));
      expect(index.count).toBe(model.size);
    }),
    { numRuns: 20 },
  );
});

it('tells a million like names apart', () => {
  const index = new NameIndex();
  for (let i = 0; i < 1_000_000; i += 1) if (index.add(i % 7, `block-${i}`) !== i) throw new Error(`${i} is not new`);
  for (let i = 0; i < 1_000_000; i += 997) expect(index.find(i % 7, `block-${i}`)).toBe(i);
  expect(index.find(0, 'block-1')).toBe(-1);
});
