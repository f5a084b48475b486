import { chmod, link, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOrCreateToken, readToken } from './token-file.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamo-token-'));
  file = join(folder, 'data', 'token');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the token file', () => {
  it('is made once, for its owner only, and is the same ever after', async () => {
    const before = process.umask(0);
    const tokens = await Promise.all([1, 2, 3].map(() => readOrCreateToken(file))).finally(() => process.umask(before));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[\w-]{43}$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe(`${tokens[0]}\n`);
    expect(await readOrCreateToken(file)).toBe(tokens[0]);
    expect(await readdir(join(folder, 'data'))).toEqual(['token']);
  });

  it.each([0o640, 0o604, 0o620, 0o777])('is refused with mode %o', async (mode) => {
    await readOrCreateToken(file);
    await chmod(file, mode);
    await expect(readOrCreateToken(file)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(`chmod 600 ${file}`),
    });
  });

  it('is refused where it is a link, a directory, or holds no token', async () => {
    await readOrCreateToken(file);
    const other = join(folder, 'link');
    await symlink(file, other);
    await expect(readToken(other)).rejects.toMatchObject({ code: 'refused' });
    await expect(readToken(folder)).rejects.toMatchObject({ code: 'refused' });
    const short = join(folder, 'short');
    await writeFile(short, 'secret\n', { mode: 0o600 });
    await expect(readToken(short)).rejects.toThrow('holds no token');
    const long = join(folder, 'long');
    await writeFile(long, 'x'.repeat(5000), { mode: 0o600 });
    await expect(readToken(long)).rejects.toThrow('is no token');
    await link(file, join(folder, 'same'));
    expect(await readToken(join(folder, 'same'))).toBe(await readToken(file));
  });

  it('is not made by reading', async () => {
    await expect(readToken(file)).rejects.toMatchObject({ code: 'not-found' });
  });
});
