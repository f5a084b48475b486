import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';

/** `plain` is UTF-8, `deflate` the same in the zlib format (RFC 1950). */
export type Encoding = 'plain' | 'deflate';

/** A row of this size goes through any `max_allowed_packet`. */
export const PART_BYTES: number = 2 ** 20;

/** Small texts stay legible to whoever looks into the table. */
const PLAIN_BYTES = 4096;

const deflateAsync = promisify(deflate);
const inflateAsync = promisify(inflate);

/** Texts of up to `plainBytes` stay plain. */
export async function pack(
  text: string,
  plainBytes: number = PLAIN_BYTES,
): Promise<{ readonly body: Uint8Array; readonly encoding: Encoding }> {
  const body = Buffer.from(text, 'utf8');
  if (body.length <= plainBytes) return { body, encoding: 'plain' };
  return { body: await deflateAsync(body, { level: 1 }), encoding: 'deflate' };
}

export async function unpack(parts: readonly Uint8Array[], encoding: Encoding): Promise<string> {
  const whole = Buffer.concat(parts);
  return (encoding === 'plain' ? whole : Buffer.from(await inflateAsync(whole))).toString('utf8');
}
