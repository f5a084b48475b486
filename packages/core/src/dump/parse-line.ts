import { inputError } from '../errors/input-error.ts';
import type { LineCursor } from './line-cursor.ts';

/** The JSON object on the line. Throws `invalid-input`; `isCut`: the last line of the input, without a line feed. */
export function parseLine(text: string, cursor: LineCursor, isCut: boolean): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const position = /at position (\d+)/.exec((cause as Error).message)?.[1];
    const column = position === undefined ? undefined : Number(position) + 1;
    const hint = isCut ? 'the dump ends in the middle of this line: it was cut' : undefined;
    throw inputError(
      { what: text.trim() === '' ? 'an empty line' : 'not JSON', where: { ...cursor.at(), column }, hint },
      cause,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw cursor.fault(undefined, 'not a JSON object');
}
