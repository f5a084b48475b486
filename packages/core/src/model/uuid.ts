/** Most blocks are named by a UUID: in lower case, 32 digits in four words. */

export const UUID_WORDS = 4;

const UUID_LENGTH = 36;
const DASH = 0x2d;
/** By character code; -1 of what is no digit. */
const DIGITS: Int8Array = new Int8Array(128).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) DIGITS[digit.charCodeAt(0)] = value;

/**
 * A UUID in lower case as its four words, the first digits first. False where it is none; one that begins with 24 zeros
 * counts as none, since in memory that marks the place of a text.
 */
export function packUuid(text: string, words: Uint32Array): boolean {
  if (text.length !== UUID_LENGTH || !hasDashes(text)) return false;
  const a = hexOf(text, 0);
  const b = hexOf(text, 4);
  const c = hexOf(text, 9);
  const d = hexOf(text, 14);
  const e = hexOf(text, 19);
  const f = hexOf(text, 24);
  const g = hexOf(text, 28);
  const h = hexOf(text, 32);
  if ((a | b | c | d | e | f | g | h) < 0) return false;
  words[0] = (a << 16) | b;
  words[1] = (c << 16) | d;
  words[2] = (e << 16) | f;
  words[3] = (g << 16) | h;
  return (a | b | c | d | e | f) !== 0;
}

function hasDashes(text: string): boolean {
  return (
    text.charCodeAt(8) === DASH &&
    text.charCodeAt(13) === DASH &&
    text.charCodeAt(18) === DASH &&
    text.charCodeAt(23) === DASH
  );
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
