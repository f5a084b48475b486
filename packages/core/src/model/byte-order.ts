/**
 * Compares two well-formed strings as their UTF-8 bytes compare: negative, 0, positive. `<` compares UTF-16 units, which
 * differs where one string has a character beyond U+FFFF (two surrogates, D800-DFFF) and the other one of U+E000-U+FFFF.
 */
export function compareByteOrder(a: string, b: string): number {
  if (a === b) return 0;
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a.charCodeAt(i) === b.charCodeAt(i)) i += 1;
  if (i === end) return a.length - b.length;
  return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
}

/** Surrogates after all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit;
}
