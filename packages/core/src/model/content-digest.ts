import { createHash } from 'node:crypto';

/** By which the history keeps what belongs to cycles: SHA-256 in hexadecimal. */
export function contentDigest(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
