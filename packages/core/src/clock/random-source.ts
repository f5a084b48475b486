import { assert } from '../errors/assert.ts';

/** Randomness is an argument: the same seed gives the same numbers, on every machine and for ever. Not for secrets. */
export interface RandomSource {
  /** An integer in [0, 2^32). */
  nextUint32(): number;
  /** A number in [0, 1) with 53 random bits. */
  nextFloat(): number;
  /** An integer in [0, bound), each equally likely; `bound` is an integer in [1, 2^32]. */
  nextInt(bound: number): number;
  /**
   * A source of its own, which depends on this one's seed and on the label, but not on what has been drawn: parts that
   * each split theirs off do not change one another's numbers.
   */
  split(label: string | number): RandomSource;
}

/**
 * The generator is sfc32 ("small fast counting", Chris Doty-Humphrey, PractRand 0.94, `RNGs/sfc.cpp`): 128 bits of
 * state with a counter, so that no cycle is shorter than 2^32. Its three words are seeded with a hash of the seed's text
 * (the mixing of MurmurHash3_x86_32, Austin Appleby, one UTF-16 unit per word), then 12 rounds are dropped, as there.
 * The seeds `7` and `'7'` are the same.
 */
export function createRandomSource(seed: string | number): RandomSource {
  const text = String(seed);
  let a = hash(text, 0x9e3779b9);
  let b = hash(text, 0x243f6a88);
  let c = hash(text, 0xb7e15162);
  let counter = 1;

  const nextUint32 = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round += 1) nextUint32();

  return {
    nextUint32,
    nextFloat: () => ((nextUint32() >>> 5) * 2 ** 26 + (nextUint32() >>> 6)) / 2 ** 53,
    nextInt(bound) {
      assert(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32, 'bound is an integer in [1, 2^32]');
      // The last, incomplete span of `bound` numbers would favour the small ones: draw again.
      const end = 2 ** 32 - (2 ** 32 % bound);
      let drawn = nextUint32();
      while (drawn >= end) drawn = nextUint32();
      return drawn % bound;
    },
    split: (label) => createRandomSource(`${text}\u0000${label}`),
  };
}

function hash(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i += 1) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  h ^= text.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
