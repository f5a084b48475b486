/** A key of a sort; the first one decides, the next ones break its ties. Not NaN. */
export interface SortKey {
  readonly value: (row: number) => number;
  readonly order?: 'increasing' | 'decreasing';
}

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** The rows in the order of the keys, stable: a radix sort on the bits of the numbers, a key at a time from the last. */
export function sortRows(rows: Uint32Array, keys: readonly SortKey[]): Uint32Array {
  let current = rows.slice();
  let scratch = new Uint32Array(rows.length);
  for (const { value, order = 'increasing' } of keys.toReversed()) {
    const { low, high } = sortableBits(current, value, order);
    let index = new Uint32Array(current.length);
    for (let i = 0; i < index.length; i++) index[i] = i;
    let other = new Uint32Array(current.length);
    for (const [words, bits] of [
      [low, 32],
      [high, 32],
    ] as const) {
      for (let shift = 0; shift < bits; shift += DIGIT_BITS) {
        if (distribute(words, shift, index, other)) [index, other] = [other, index];
      }
    }
    for (let i = 0; i < index.length; i++) scratch[i] = current[index[i] as number] as number;
    [current, scratch] = [scratch, current];
  }
  return current;
}

/** One pass; false where all rows have the same digit, and nothing was moved. */
function distribute(words: Uint32Array, shift: number, from: Uint32Array, to: Uint32Array): boolean {
  const counts = new Uint32Array(DIGITS);
  for (const word of words) {
    const digit = (word >>> shift) & (DIGITS - 1);
    counts[digit] = (counts[digit] as number) + 1;
  }
  if (words.length === 0 || counts[((words[0] as number) >>> shift) & (DIGITS - 1)] === words.length) return false;
  let start = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = counts[digit] as number;
    counts[digit] = start;
    start += count;
  }
  for (const i of from) {
    const digit = ((words[i] as number) >>> shift) & (DIGITS - 1);
    const at = counts[digit] as number;
    to[at] = i;
    counts[digit] = at + 1;
  }
  return true;
}

/** Two words a row that order as unsigned integers the way the doubles do (IEEE 754: flip the sign, or all bits). */
function sortableBits(
  rows: Uint32Array,
  value: (row: number) => number,
  order: 'increasing' | 'decreasing',
): { low: Uint32Array; high: Uint32Array } {
  const [low, high] = [new Uint32Array(rows.length), new Uint32Array(rows.length)];
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  const flipped = order === 'decreasing' ? 0xffff_ffff : 0;
  for (let i = 0; i < rows.length; i++) {
    // Adding zero makes one of the two zeros.
    double[0] = value(rows[i] as number) + 0;
    const top = words[1] as number;
    const negative = top >>> 31 === 1;
    low[i] = ((words[0] as number) ^ (negative ? 0xffff_ffff : 0) ^ flipped) >>> 0;
    high[i] = (top ^ (negative ? 0xffff_ffff : 0x8000_0000) ^ flipped) >>> 0;
  }
  return { low, high };
}
