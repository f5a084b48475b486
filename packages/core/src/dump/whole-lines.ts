import type { LineCursor } from './line-cursor.ts';

/** A line is held in memory; the longest sensible one is a partial replica of a huge block, with its LFNs. */
export const MAX_LINE_BYTES: number = 64 * 1024 * 1024;

export const LINE_FEED = 0x0a;

/**
 * Cuts a stream of bytes after line feeds: whole lines, each with its line feed but the last of the input, which may
 * lack it. Throws `invalid-input` before it would hold a line that is too long; the cursor
 * must stand after the lines given out so far.
 */
export async function* wholeLines(
  chunks: AsyncIterable<Uint8Array>,
  cursor: LineCursor,
  maxLineBytes: number,
): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const bytes of chunks) {
    let start = 0;
    if (heldBytes > 0) {
      const end = bytes.indexOf(LINE_FEED) + 1;
      if (end > 0) {
        yield Buffer.concat([...held, bytes.subarray(0, end)]);
        held = [];
        heldBytes = 0;
        start = end;
      }
    }
    const end = heldBytes > 0 ? 0 : bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > start) yield Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    const rest = bytes.subarray(Math.max(start, end));
    if (rest.byteLength === 0) continue;
    held.push(rest.slice());
    heldBytes += rest.byteLength;
    if (heldBytes > maxLineBytes) throw tooLong(cursor, maxLineBytes);
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

export function tooLong(cursor: LineCursor, maxLineBytes: number): Error {
  return cursor.fault(undefined, `the line is longer than ${maxLineBytes} bytes`, 'is it a dump?');
}
