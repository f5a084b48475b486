import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandomSource, type RandomSource } from './random-source.ts';

const draw = (source: RandomSource, count: number): number[] =>
  Array.from({ length: count }, () => source.nextUint32());

describe('a random source', () => {
  it('gives the numbers that it has always given', () => {
    expect(draw(createRandomSource('dynamo'), 4)).toEqual([4001122498, 273068897, 3263449611, 1888259489]);
    expect(draw(createRandomSource(7), 4)).toEqual(draw(createRandomSource('7'), 4));
  });

  it('is a matter of its seed alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const same = draw(createRandomSource(one), 4).join() === draw(createRandomSource(other), 4).join();
        expect(same).toBe(one === other);
      }),
    );
  });

  it('splits off sources that what has been drawn does not change', () => {
    const source = createRandomSource('seed');
    const before = draw(source.split('detox'), 4);
    draw(source, 100);
    expect(draw(source.split('detox'), 4)).toEqual(before);
    expect(draw(source.split('dealer'), 4)).not.toEqual(before);
    expect(draw(source.split('a').split('b'), 4)).not.toEqual(draw(source.split('ab'), 4));
  });

  it('stays within its bounds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, bound) => {
        const source = createRandomSource(seed);
        const [integer, float] = [source.nextInt(bound), source.nextFloat()];
        expect(Number.isInteger(integer) && integer >= 0 && integer < bound).toBe(true);
        expect(float >= 0 && float < 1).toBe(true);
      }),
    );
    for (const bad of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      expect(() => createRandomSource(1).nextInt(bad)).toThrow('bound');
    }
  });

  it('favours none of its values: chi square of 16 cells and of every bit', () => {
    const count = 160_000;
    const cells = new Array<number>(16).fill(0);
    const bits = new Array<number>(32).fill(0);
    const source = createRandomSource('fair');
    for (let i = 0; i < count; i += 1) {
      const cell = source.nextInt(16);
      cells[cell] = (cells[cell] ?? 0) + 1;
      const word = source.nextUint32();
      for (let bit = 0; bit < 32; bit += 1) bits[bit] = (bits[bit] ?? 0) + ((word >>> bit) & 1);
    }
    const chiSquare = cells.reduce((sum, n) => sum + (n - count / 16) ** 2 / (count / 16), 0);
    expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom, one in a thousand
    for (const ones of bits) expect(Math.abs(ones - count / 2)).toBeLessThan(5 * Math.sqrt(count / 4));
  });
});
