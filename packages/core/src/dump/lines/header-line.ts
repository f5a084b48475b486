import { size } from '../../input/checks.ts';
import { type Check, checkObject } from '../../input/object-schema.ts';
import type { Version } from '../../seams/commit.ts';
import type { LineCursor } from '../line-cursor.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';

/** Raised when a reader of the older form could misread the newer one. */
const DUMP_FORMAT = 1;

interface HeaderLine {
  readonly format: number;
  readonly version?: number;
}

const format: Check = (value) =>
  value === DUMP_FORMAT
    ? undefined
    : `format ${JSON.stringify(value)} is not ${DUMP_FORMAT}, the one that is read here`;

const version: Check = (value) => (size(value) === undefined ? undefined : 'not the number of a version');

const HEADER: LineSchema<HeaderLine> = lineSchema<HeaderLine>('dump', { format }, { version });

export function versionOfHeader(line: object, cursor: LineCursor): Version {
  return (checkObject(HEADER, line, cursor).version ?? 0) as Version;
}

export function printHeader(version: Version): string {
  return JSON.stringify({ type: 'dump', format: DUMP_FORMAT, version });
}
