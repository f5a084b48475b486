import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adler32, formatAdler32 } from './adler32.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('adler32', () => {
  it.each([
    ['', '00000001'],
    ['a', '00620062'],
    ['Wikipedia', '11e60398'],
  ])('gives the published value of %j', (value, expected) => {
    expect(formatAdler32(adler32(text(value)))).toBe(expected);
  });

  it('does not overflow on the worst input', () => {
    expect(adler32(new Uint8Array(100_000).fill(255))).toBe(naive(new Uint8Array(100_000).fill(255)));
  });

  it('equals the definition, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000, size: 'max' }), fc.nat(9000), (bytes, cut) => {
        const continued = adler32(bytes.subarray(cut), adler32(bytes.subarray(0, cut)));
        expect(continued).toBe(naive(bytes));
      }),
      { numRuns: 50 },
    );
  });
});

/** RFC 1950 as it stands. */
function naive(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return b * 65_536 + a;
}
