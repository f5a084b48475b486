import { hash } from 'node:crypto';

const DIGEST_BYTES = 16;

/**
 * What long names are looked up by: the first 16 bytes of the SHA-256 of the name in UTF-8. An index entry of a name of
 * 1024 characters could have 4096 bytes, which no index of MySQL takes. Whoever looks up compares the whole name as well.
 */
export function digestOf(name: string): Uint8Array {
  return hash('sha256', name, 'buffer').subarray(0, DIGEST_BYTES);
}
