import { inputError } from '../errors/input-error.ts';
import type { LineCursor } from './line-cursor.ts';
import { LINE_FEED } from './whole-lines.ts';

/** A byte order mark is not dropped, since it would be in the middle of a dump as well. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of whole lines, the first of which the cursor is on. Lines are cut out of it without copying, which takes
 * half the time of decoding them one by one. Throws `invalid-input` that names the line.
 */
export function decodeLines(bytes: Uint8Array, cursor: LineCursor): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const line = cursor.line + invalidLine(bytes);
    throw inputError({ what: 'not UTF-8', where: { file: cursor.file, line } }, cause);
  }
}

/** The first line that cannot be decoded, counted from 0. */
function invalidLine(bytes: Uint8Array): number {
  let start = 0;
  for (let line = 0; ; line += 1) {
    const feed = bytes.indexOf(LINE_FEED, start);
    try {
      decoder.decode(bytes.subarray(start, feed === -1 ? bytes.byteLength : feed));
    } catch {
      return line;
    }
    if (feed === -1) return line;
    start = feed + 1;
  }
}
