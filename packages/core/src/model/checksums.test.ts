import { describe, expect, it } from 'vitest';
import { parseAdler32 } from './checksums.ts';

describe('parseAdler32', () => {
  it.each([
    ['0a1b2c3d', '0a1b2c3d'],
    ['A1B2C3D', '0a1b2c3d'],
    ['0', '00000000'],
  ])('%s is %s', (given, spelled) => expect(parseAdler32(given)).toBe(spelled));

  it.each([['', '0a1b2c3d4', 'xyz', '\u0011\u0012', '0x1', ' 1', 12345678, null, undefined].map((v) => v)].flat())(
    'refuses %j',
    (value) => expect(() => parseAdler32(value)).toThrow(/adler32 .* is not a text of one to eight hexadecimal digits/),
  );
});
