import { readOwnFile } from './own-file.ts';

const MAX_BYTES = 4096;

/**
 * A password, from a file that nobody but its owner (this user, or root) may read; without the line break at its end.
 * Rejects with `refused`, or `not-found`, and says what to do.
 */
export async function readSecret(file: string, what: string): Promise<string> {
  const text = await readOwnFile(file, {
    name: `the file with ${what}, ${file},`,
    mask: 0o077,
    fault: `can be read or written by others: chmod 600 ${file}`,
    maxBytes: MAX_BYTES,
  });
  return text.replace(/\r?\n$/, '');
}
