/** The text form of a change set: a header line that names the format's version, then one change a line (NDJSON). */
import { DynamoError } from '../errors/dynamo-error.ts';
import { ENTITIES } from '../model/records.ts';
import { type Change, type ChangeSet, changeSetOf } from './change-set.ts';
import { keyOf } from './record-key.ts';

/** Raised when a reader of the older form could misread the newer one. */
export const CHANGE_SET_FORMAT = 1;

/** One line a change, after the header; every line ends in a line feed. */
export function serialiseChangeSet(set: ChangeSet): string {
  const lines = [JSON.stringify({ type: 'changes', format: CHANGE_SET_FORMAT, count: set.changes.length })];
  for (const { entity, before, after } of set.changes) lines.push(JSON.stringify({ entity, before, after }));
  return `${lines.join('\n')}\n`;
}

/** Throws `corrupt` for a text that is cut or unknown, `too-new` formats included: better to stop than to guess. */
export function parseChangeSet(text: string): ChangeSet {
  const lines = text.split('\n');
  const header = parseLine(lines[0] ?? '', 1) as { type?: unknown; format?: unknown; count?: unknown };
  if (header.type !== 'changes' || header.format !== CHANGE_SET_FORMAT) {
    throw corrupt(`format ${String(header.format)} is not ${CHANGE_SET_FORMAT}, the one that this version reads`, 1);
  }
  if (lines.length !== Number(header.count) + 2 || lines.at(-1) !== '') {
    throw corrupt(`it says ${String(header.count)} changes and has ${lines.length - 2}`, lines.length);
  }
  return changeSetOf(lines.slice(1, -1).map((line, index) => parseChange(line, index + 2)));
}

function parseChange(line: string, number: number): Change {
  const { entity, before, after } = parseLine(line, number) as unknown as Change;
  const record = after ?? before;
  if (!ENTITIES.includes(entity) || record === null || record === undefined) {
    throw corrupt('not a change of a known entity', number);
  }
  return { entity, key: keyOf(entity, record as never), before, after } as Change;
}

function parseLine(line: string, number: number): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (cause) {
    throw corrupt('not JSON', number, cause);
  }
}

function corrupt(what: string, line: number, cause?: unknown): DynamoError {
  return new DynamoError('corrupt', `change set, line ${line}: ${what}`, { data: { line }, cause });
}
