import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createDeflate, createInflate } from 'node:zlib';

/** `plain` is UTF-8, `deflate` the same in the zlib format (RFC 1950). */
export type Encoding = 'plain' | 'deflate';

/** A row of this size goes through any `max_allowed_packet`. */
export const PART_BYTES: number = 2 ** 20;

/** Small texts stay legible to whoever looks into the table. */
const PLAIN_BYTES = 4096;

/** Quick: a log is written by whoever waits for the commit. */
const QUICK = { level: 1 };
/** Bytes of text that come out at a time. */
const PIECE_BYTES = 2 ** 16;

interface Packed {
  readonly body: Uint8Array;
  readonly encoding: Encoding;
}

/** Texts of up to `plainBytes` stay plain. */
export function pack(whole: string, plainBytes: number = PLAIN_BYTES): Promise<Packed> {
  return packPieces([whole], plainBytes);
}

/**
 * The same of a text in pieces, cut between characters. Each is asked for when the one before it is packed, and the event
 * loop turns meanwhile.
 */
export async function packPieces(pieces: Iterable<string>, plainBytes: number = PLAIN_BYTES): Promise<Packed> {
  const rest = pieces[Symbol.iterator]();
  let begin = '';
  while (begin.length <= plainBytes) {
    const { done, value } = rest.next();
    if (done === true) break;
    begin += value;
  }
  const body = begin.length <= plainBytes ? Buffer.from(begin, 'utf8') : null;
  if (body !== null && body.length <= plainBytes) return { body, encoding: 'plain' };
  const whole = function* (): Generator<string> {
    yield begin;
    for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value;
  };
  const chunks: Uint8Array[] = [];
  await pipeline(whole, createDeflate(QUICK), async (packed: AsyncIterable<Uint8Array>) => {
    for await (const chunk of packed) chunks.push(chunk);
  });
  return { body: Buffer.concat(chunks), encoding: 'deflate' };
}

export function unpack(parts: readonly Uint8Array[], encoding: Encoding): Promise<string> {
  return text(unpackPieces(parts, encoding));
}

/** The same in pieces, for long texts; rejects on the way where the parts are damaged. */
export function unpackPieces(parts: readonly Uint8Array[], encoding: Encoding): Readable {
  const bytes = Readable.from(parts, { objectMode: false });
  const unpacked = encoding === 'plain' ? bytes : bytes.pipe(createInflate({ chunkSize: PIECE_BYTES }));
  return unpacked.setEncoding('utf8');
}
