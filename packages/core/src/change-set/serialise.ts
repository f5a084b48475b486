/** The text form of a change set: a header line that names the format's version, then one change a line (NDJSON). */
import { DynamoError } from '../errors/dynamo-error.ts';
import { ENTITIES } from '../model/records.ts';
import { TimeSlice } from '../slices/time-slice.ts';
import { type Change, type ChangeSet, changeSetInSlices, changeSetOf } from './change-set.ts';
import { keyOf } from './record-key.ts';
import { sameRecord } from './same-record.ts';

/** Raised when a reader of the older form could misread the newer one. */
export const CHANGE_SET_FORMAT = 1;

/** Of a piece, about: made in less than a millisecond. */
const PIECE_CHARACTERS = 2 ** 16;

/** One line a change, after the header; every line ends in a line feed. */
export function serialiseChangeSet(set: ChangeSet): string {
  return [...changeSetPieces(set)].join('');
}

/**
 * The same text in pieces, of which none takes long: whoever writes a large change set lets the event loop turn between
 * them, and never has all of the text.
 */
export function* changeSetPieces({ changes }: ChangeSet): Generator<string> {
  let piece = `${JSON.stringify({ type: 'changes', format: CHANGE_SET_FORMAT, count: changes.length })}\n`;
  for (const { entity, before, after } of changes) {
    piece += `${JSON.stringify({ entity, before, after })}\n`;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** Throws `corrupt` for a text that is cut or unknown, `too-new` formats included: better to stop than to guess. */
export function parseChangeSet(text: string): ChangeSet {
  const reader = new LineReader();
  const changes = [...reader.linesOf(text)].map((line) => reader.read(line)).filter((change) => change !== null);
  reader.finish();
  return changeSetOf(changes);
}

/** The same of a text in pieces, cut anywhere, without keeping the event loop for long. */
export async function parseChangeSetPieces(pieces: AsyncIterable<string>): Promise<ChangeSet> {
  const reader = new LineReader();
  const slice = new TimeSlice();
  const effective: Change[] = [];
  for await (const piece of pieces) {
    for (const line of reader.linesOf(piece)) {
      const change = reader.read(line);
      if (change !== null && !sameRecord(change.before, change.after)) effective.push(change);
      if (slice.isOver) await slice.next();
    }
  }
  reader.finish();
  return await changeSetInSlices(effective);
}

class LineReader {
  /** What came after the last line feed. */
  #rest = '';
  #lines = 0;
  #count = 0;

  /** The lines that are whole with it. */
  *linesOf(piece: string): Generator<string> {
    let from = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', from)) {
      const line = this.#rest + piece.slice(from, end);
      this.#rest = '';
      from = end + 1;
      yield line;
    }
    this.#rest += piece.slice(from);
  }

  /** Null: it is the header. */
  read(line: string): Change | null {
    this.#lines += 1;
    if (this.#lines > 1) return parseChange(line, this.#lines);
    this.#count = parseHeader(line);
    return null;
  }

  /** Throws where there is less than the header says, or more. */
  finish(): void {
    // A text without any line feed may still have a header to complain of.
    if (this.#lines === 0) this.#count = parseHeader(this.#rest);
    if (this.#lines !== this.#count + 1 || this.#rest !== '') {
      throw corrupt(`it says ${this.#count} changes and has ${Math.max(this.#lines - 1, 0)}`, this.#lines + 1);
    }
  }
}

/** How many changes there are to be. */
function parseHeader(line: string): number {
  const header = parseLine(line, 1) as { type?: unknown; format?: unknown; count?: unknown } | null;
  if (header?.type !== 'changes' || header.format !== CHANGE_SET_FORMAT) {
    throw corrupt(`format ${String(header?.format)} is not ${CHANGE_SET_FORMAT}, the one that this version reads`, 1);
  }
  return Number(header.count);
}

function parseChange(line: string, number: number): Change {
  const { entity, before, after } = (parseLine(line, number) ?? {}) as Change;
  const record = after ?? before;
  if (!ENTITIES.includes(entity) || record === null || record === undefined) {
    throw corrupt('not a change of a known entity', number);
  }
  return { entity, key: keyOf(entity, record as never), before, after } as Change;
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw corrupt('not JSON', number, cause);
  }
}

function corrupt(what: string, line: number, cause?: unknown): DynamoError {
  return new DynamoError('corrupt', `change set, line ${line}: ${what}`, { data: { line }, cause });
}
