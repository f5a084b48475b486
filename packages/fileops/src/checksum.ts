/** Checksums taken while the bytes go by. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { adler32, formatAdler32 } from './adler32.ts';

export interface ChecksumVerifier {
  update(bytes: Uint8Array): void;
  /** The first checksum that is not what the catalogue says, in words; null when all agree. */
  mismatch(): string | null;
}

/** Verifies every checksum of the catalogue whose algorithm is known; an unknown one proves nothing and is left out. */
export function createChecksumVerifier(expected: Readonly<Record<string, string>>): ChecksumVerifier {
  const sums = Object.entries(expected).flatMap(([algorithm, value]) => {
    const sum = createSum(algorithm.toLowerCase());
    return sum === null ? [] : [{ algorithm, value: normalise(value), sum }];
  });
  return {
    update: (bytes) => {
      for (const { sum } of sums) sum.update(bytes);
    },
    mismatch: () => {
      for (const { algorithm, value, sum } of sums) {
        const actual = sum.digest();
        if (normalise(actual) !== value) return `${algorithm} is ${actual}, catalogued is ${value}`;
      }
      return null;
    },
  };
}

interface Sum {
  update(bytes: Uint8Array): void;
  digest(): string;
}

function createSum(algorithm: string): Sum | null {
  if (algorithm === 'adler32') return runningSum(1, (bytes, value) => adler32(bytes, value));
  if (algorithm === 'crc32') return runningSum(0, (bytes, value) => crc32(bytes, value));
  const digest = CRYPTOGRAPHIC[algorithm];
  if (digest === undefined) return null;
  const hash = createHash(digest);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
}

const CRYPTOGRAPHIC: Readonly<Record<string, string>> = {
  md5: 'md5',
  sha1: 'sha1',
  sha256: 'sha256',
  sha512: 'sha512',
};

function runningSum(initial: number, step: (bytes: Uint8Array, value: number) => number): Sum {
  let value = initial;
  return {
    update: (bytes) => {
      value = step(bytes, value);
    },
    digest: () => formatAdler32(value),
  };
}

/** Some catalogues drop leading zeros of the 32-bit sums, some write upper case. */
function normalise(hexadecimal: string): string {
  return hexadecimal.trim().toLowerCase().padStart(8, '0');
}
