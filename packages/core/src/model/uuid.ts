/** Most blocks are named by a UUID: in lower case, 32 digits in four words. */

export const UUID_WORDS = 4;

const UUID_LENGTH = 36;
const DASHES = [8, 13, 18, 23];
const DASH = 0x2d;
/** By character code; -1 of what is no digit. */
const DIGITS: Int8Array = new Int8Array(128).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) DIGITS[digit.charCodeAt(0)] = value;

/**
 * A UUID in lower case as its four words, the first digits first. False where it is none; one that begins with 24 zeros
 * counts as none, since in memory that marks the place of a text.
 */
export function packUuid(text: string, words: Uint32Array): boolean {
  if (text.length !== UUID_LENGTH) return false;
  for (const at of DASHES) if (text.charCodeAt(at) !== DASH) return false;
  const [a, b, c, d] = [hexOf(text, 0), hexOf(text, 4), hexOf(text, 9), hexOf(text, 14)];
  const [e, f, g, h] = [hexOf(text, 19), hexOf(text, 24), hexOf(text, 28), hexOf(text, 32)];
  if ((a | b | c | d | e | f | g | h) < 0) return false;
  words[0] = (a << 16) | b;
  words[1] = (c << 16) | d;
  words[2] = (e << 16) | f;
  words[3] = (g << 16) | h;
  return (a | b | c | d | e | f) !== 0;
}

/** Of four digits in lower case; below 0 where one of them is none. */
function hexOf(text: string, at: number): number {
  return (
    (digitOf(text.charCodeAt(at)) << 12) |
    (digitOf(text.charCodeAt(at + 1)) << 8) |
    (digitOf(text.charCodeAt(at + 2)) << 4) |
    digitOf(text.charCodeAt(at + 3))
  );
}

function digitOf(code: number): number {
  return code < DIGITS.length ? (DIGITS[code] as number) : -1;
}
