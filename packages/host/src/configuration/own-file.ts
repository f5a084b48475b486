import { open } from 'node:fs/promises';
import { DynamoError } from '@dynamo/core';

export interface OwnFileRules {
  /** For messages: `the file of people /etc/people`. */
  readonly name: string;
  /** Permissions that nobody but the owner may have, as bits of a mode; and what is wrong, and to be done, otherwise. */
  readonly mask: number;
  readonly fault: string;
  readonly maxBytes: number;
}

/**
 * The text of a regular file of this user's, or of root's. Rejects with `not-found`, or with `refused` where it may have
 * been read or written by whom it should not.
 */
export async function readOwnFile(file: string, { name, mask, fault, maxBytes }: OwnFileRules): Promise<string> {
  const handle = await open(file).catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' ? 'not-found' : 'refused';
    throw new DynamoError(code, `${name} cannot be opened: ${cause.message}`, { cause });
  });
  const refuse = (why: string): never => {
    throw new DynamoError('refused', `${name} ${why}`);
  };
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) refuse('is not a regular file');
    if (stats.uid !== 0 && stats.uid !== process.getuid?.()) refuse('belongs to another user');
    if ((stats.mode & mask) !== 0) refuse(fault);
    if (stats.size > maxBytes) refuse(`is longer than ${maxBytes} bytes`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
