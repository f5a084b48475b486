/** People with tokens of their own, by the SHA-256 of each: the file says who they are, and is no secret. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { DynamoError } from '@dynamo/core';

/** Names, by the SHA-256 of their tokens in hexadecimal digits. */
export type People = ReadonlyMap<string, string>;

export const NOBODY: People = new Map();

const MAX_BYTES = 1 << 20;
const LINE = /^([\w@.+-]{1,64})\s+([0-9a-f]{64})$/;

export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * Lines `NAME SHA256`; empty ones and those that begin with `#` say nothing. A person may have several tokens. Rejects
 * with `refused` where somebody else could write the file, and with `invalid-input` for a line that says neither.
 */
export async function readPeople(file: string): Promise<People> {
  const handle = await open(file).catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' ? 'not-found' : 'refused';
    throw new DynamoError(code, `the file of people ${file} cannot be opened: ${cause.message}`, { cause });
  });
  try {
    const { mode, uid, size } = await handle.stat();
    if (uid !== 0 && uid !== process.getuid?.()) throw refused(file, 'belongs to another user');
    if ((mode & 0o022) !== 0) throw refused(file, `can be written by others: chmod go-w ${file}`);
    if (size > MAX_BYTES) throw refused(file, `is longer than ${MAX_BYTES} bytes`);
    return parsePeople(await handle.readFile('utf8'), file);
  } finally {
    await handle.close();
  }
}

function parsePeople(text: string, file: string): People {
  const people = new Map<string, string>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, digest] = LINE.exec(line.trim()) ?? [];
    const place = `${file}:${i + 1}`;
    if (name === undefined || digest === undefined) {
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

function refused(file: string, why: string): DynamoError<'refused'> {
  return new DynamoError('refused', `the file of people ${file} ${why}`);
}
