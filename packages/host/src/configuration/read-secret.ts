import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { DynamoError } from '@dynamo/core';

const MAX_BYTES = 4096;

/**
 * A password, from a file that nobody but its owner (this user, or root) may read; without the line break at its end.
 * Rejects with `refused`, or `not-found`, and says what to do.
 */
export async function readSecret(file: string, what: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY).catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' ? 'not-found' : 'refused';
    throw new DynamoError(code, `the file with ${what}, ${file}, cannot be opened: ${cause.message}`, { cause });
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw refused(file, what, 'is not a regular file');
    if (stats.uid !== 0 && stats.uid !== process.getuid?.()) throw refused(file, what, 'belongs to another user');
    if ((stats.mode & 0o077) !== 0) throw refused(file, what, `can be read or written by others: chmod 600 ${file}`);
    if (stats.size > MAX_BYTES) throw refused(file, what, `is longer than ${MAX_BYTES} bytes`);
    return (await handle.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await handle.close();
  }
}

function refused(file: string, what: string, why: string): DynamoError<'refused'> {
  return new DynamoError('refused', `the file with ${what}, ${file}, ${why}`);
}
