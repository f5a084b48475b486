import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DynamoError } from '@dynamo/core';

/** Whoever can read the file is the operator: it is refused where others can, and where it is not a file of its own. */
export async function readToken(file: string): Promise<string> {
  // Not through a symbolic link: its target may be anybody's.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new DynamoError('not-found', `there is no token file ${file}`, { cause });
    throw new DynamoError('refused', `the token file ${file} cannot be opened: ${cause.message}`, { cause });
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw refused(file, 'is not a regular file', 'remove it');
    if (stats.uid !== process.getuid?.()) throw refused(file, 'belongs to another user', 'remove it or name another');
    const others = stats.mode & 0o077;
    if (others !== 0) throw refused(file, `can be read or written by others`, `chmod 600 ${file}`);
    if (stats.size > MAX_FILE_BYTES) throw refused(file, 'is no token', 'remove it and restart the server');
    const token = (await handle.readFile('utf8')).trim();
    if (TOKEN.test(token)) return token;
    throw refused(file, 'holds no token of 32 to 256 letters, digits, - and _', 'remove it and restart the server');
  } finally {
    await handle.close();
  }
}

/** The token of the file; a new one, readable by its owner only, where there is none. */
export async function readOrCreateToken(file: string): Promise<string> {
  try {
    return await readToken(file);
  } catch (error) {
    if (!(error instanceof DynamoError && error.code === 'not-found')) throw error;
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await createToken(file);
  return readToken(file);
}

/** A new one, in a file that must not be there yet; rejects with `conflict` where it is. */
export async function createTokenFile(file: string): Promise<string> {
  const isNew = await createToken(file).catch((cause: NodeJS.ErrnoException) => {
    throw new DynamoError('refused', `the token file ${file} cannot be made: ${cause.message}`, { cause });
  });
  if (!isNew) throw new DynamoError('conflict', `${file} is there already: remove it or name another`);
  return readToken(file);
}

/**
 * Written elsewhere and linked in: nobody sees half a token, and of two servers that start at once one wins. False for
 * the other.
 */
async function createToken(file: string): Promise<boolean> {
  const unfinished = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    // The process's umask may have taken even more away.
    await handle.chmod(0o600);
    await handle.writeFile(`${randomBytes(TOKEN_BYTES).toString('base64url')}\n`);
    await handle.sync();
    await link(unfinished, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await handle.close();
    await unlink(unfinished);
  }
}

const TOKEN_BYTES = 32;
const MAX_FILE_BYTES = 1024;
const TOKEN = /^[\w-]{32,256}$/;

function refused(file: string, what: string, remedy: string): DynamoError<'refused'> {
  return new DynamoError('refused', `the token file ${file} ${what}: ${remedy}`);
}
