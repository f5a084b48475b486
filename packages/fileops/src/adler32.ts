/**
 * Adler-32 (RFC 1950, section 9), the checksum that storage systems of the field agree on. Continued over chunks: pass
 * the value so far, beginning with 1.
 */
export function adler32(bytes: Uint8Array, value = 1): number {
  let a = value & 0xffff;
  let b = value >>> 16;
  let i = 0;
  while (i < bytes.length) {
    const end = Math.min(i + BYTES_BEFORE_OVERFLOW, bytes.length);
    const unrolled = end - ((end - i) & 7);
    while (i < unrolled) {
      b += a += bytes[i] as number;
      b += a += bytes[i + 1] as number;
      b += a += bytes[i + 2] as number;
      b += a += bytes[i + 3] as number;
      b += a += bytes[i + 4] as number;
      b += a += bytes[i + 5] as number;
      b += a += bytes[i + 6] as number;
      b += a += bytes[i + 7] as number;
      i += 8;
    }
    while (i < end) {
      a += bytes[i] as number;
      b += a;
      i += 1;
    }
    a %= MODULUS;
    b %= MODULUS;
  }
  return ((b << 16) | a) >>> 0;
}

/** Eight lower-case hexadecimal digits, as the catalogue spells it. */
export function formatAdler32(value: number): string {
  return value.toString(16).padStart(8, '0');
}

const MODULUS = 65_521;
/** The sums stay below 2^31, so that the machine's integers hold them: n * 65520 + 255 * n (n + 1) / 2 for b. */
const BYTES_BEFORE_OVERFLOW = 3_800;
