/** People with tokens of their own, by the SHA-256 of each: the file says who they are, and is no secret. */
import { createHash } from 'node:crypto';
import { DynamoError } from '@dynamo/core';
import { readOwnFile } from '../../configuration/own-file.ts';
import { isPersonName } from '../../configuration/person-name.ts';

/** Names, by the SHA-256 of their tokens in hexadecimal digits. */
export type People = ReadonlyMap<string, string>;

export const NOBODY: People = new Map();

const MAX_BYTES = 1 << 20;
const LINE = /^(\S+)\s+([0-9a-f]{64})$/;

export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * Lines `NAME SHA256`; empty ones and those that begin with `#` say nothing. A person may have several tokens. Rejects
 * with `refused` where somebody else could write the file, and with `invalid-input` for a line that says neither.
 */
export async function readPeople(file: string): Promise<People> {
  const text = await readOwnFile(file, {
    name: `the file of people ${file}`,
    mask: 0o022,
    fault: `can be written by others: chmod go-w ${file}`,
    maxBytes: MAX_BYTES,
  });
  return parsePeople(text, file);
}

function parsePeople(text: string, file: string): People {
  const people = new Map<string, string>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, digest] = LINE.exec(line.trim()) ?? [];
    const place = `${file}:${i + 1}`;
    if (name === undefined || digest === undefined || !isPersonName(name)) {
      throw new DynamoError(
        'invalid-input',
        `${place}: expected a name and the SHA-256 of a token: dynamo token NAME makes both`,
      );
    }
    const known = people.get(digest);
    if (known !== undefined) throw new DynamoError('invalid-input', `${place}: ${known} has that token already`);
    people.set(digest, name);
  }
  return people;
}
