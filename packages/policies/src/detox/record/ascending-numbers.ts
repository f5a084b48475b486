/** Different numbers in ascending order, by the steps between them. */
import { type ByteReader, ByteWriter, damagedRecord } from './byte-stream.ts';

/** A step a byte or more, which packs well where they are often the same. */
export function writeSteps(writer: ByteWriter, numbers: readonly number[]): void {
  const steps = new ByteWriter();
  let last = 0;
  for (const number of numbers) {
    steps.whole(number - last);
    last = number;
  }
  writer.whole(numbers.length);
  writer.nested(steps);
}

/** Those are numbers of a list of `length`. */
export function readSteps(reader: ByteReader, length: number): number[] {
  const count = reader.count();
  const steps = reader.nested();
  let last = 0;
  return Array.from({ length: count }, () => {
    last += steps.index(length - last);
    return last;
  });
}

/**
 * For those that lie at random below a limit: of a step, the bits below the average one as they are, and what is above in
 * unary (R. F. Rice, JPL Publication 79-22, 1979), within half a bit of what there is to say. `numbers` are below `limit`, at
 * most 2^48; the reader has to know how many there are, and that nothing follows.
 */
export function writeAscending(writer: ByteWriter, numbers: readonly number[], limit: number): void {
  const width = plainBits(numbers.length, limit);
  const bits: number[] = [];
  let next = 0;
  for (const number of numbers) {
    const step = number - next;
    next = number + 1;
    for (let left = Math.floor(step / 2 ** width); left > 0; left--) bits.push(1);
    bits.push(0);
    for (let bit = width - 1; bit >= 0; bit--) bits.push(Math.floor(step / 2 ** bit) % 2);
  }
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [i, bit] of bits.entries()) bytes[i >>> 3] = (bytes[i >>> 3] as number) | (bit << (i & 7));
  writer.raw(bytes);
}

export function readAscending(reader: ByteReader, count: number, limit: number): number[] {
  const bytes = reader.rest();
  let at = 0;
  const bit = (): number => {
    const byte = bytes[at >>> 3];
    if (byte === undefined) throw damagedRecord('numbers end in the middle');
    return (byte >>> (at++ & 7)) & 1;
  };
  const width = plainBits(count, limit);
  const numbers: number[] = [];
  let next = 0;
  for (let left = count; left > 0; left--) {
    let step = 0;
    while (bit() === 1) step += 1;
    for (let i = 0; i < width; i++) step = step * 2 + bit();
    if (next + step >= limit) throw damagedRecord('a number is too large');
    numbers.push(next + step);
    next += step + 1;
  }
  return numbers;
}

/** Of the average step. */
function plainBits(count: number, limit: number): number {
  return Math.max(0, Math.floor(Math.log2(limit / Math.max(1, count))));
}
