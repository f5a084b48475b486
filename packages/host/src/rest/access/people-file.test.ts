import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPeople, tokenDigest } from './people-file.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamo-people-'));
  file = join(folder, 'people');
});
afterEach(() => rm(folder, { recursive: true }));

const ALICE = tokenDigest('the token of alice');
const BOB = tokenDigest('the token of bob');

describe('the file of people', () => {
  it('has a line for each token; a person may have several', async () => {
    await writeFile(file, `# who we are\n\nalice ${ALICE}\r\nbob@cern.ch   ${BOB}\nalice ${tokenDigest('another')}`);
    expect([...(await readPeople(file))]).toEqual([
      [ALICE, 'alice'],
      [BOB, 'bob@cern.ch'],
      [tokenDigest('another'), 'alice'],
    ]);
  });

  it.each([
    ['a name alone', 'alice', /:2: expected a name and the SHA-256/],
    ['a token in place of its digest', 'alice the-token-itself-0123456789', /:2: expected a name/],
    ['a digest in capitals', `alice ${BOB.toUpperCase()}`, /:2: expected a name/],
    ['a name that cannot be', `a/b ${BOB}`, /:2: expected a name/],
    ['the token of another', `bob ${ALICE}`, /:2: alice has that token already/],
  ])('is refused with %s', async (_name, line, message) => {
    await writeFile(file, `alice ${ALICE}\n${line}\n`);
    await expect(readPeople(file)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message),
    });
  });

  it('is refused where others can write it, or there is none', async () => {
    await writeFile(file, `alice ${ALICE}\n`);
    await chmod(file, 0o664);
    await expect(readPeople(file)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('chmod go-w'),
    });
    await expect(readPeople(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
