import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Every file below a directory, by its path, with what it holds. */
export async function readTree(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const tree = new Map<string, string>();
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    tree.set(
      relative(directory, path),
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    );
  }
  return tree;
}
