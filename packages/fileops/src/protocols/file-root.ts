/**
 * Directories below the root of a site, held open. A directory is used through its descriptor, so that nothing done in
 * it can be led elsewhere by someone who swaps one of its parents for a symbolic link meanwhile; where the system has no
 * /proc, its real path is compared instead, which leaves that race open.
 *
 * No parent may be a symbolic link, not even to a place inside the root: the lister follows none, so a file behind one
 * would have a second name that the catalogue does not know.
 */
import { constants, existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoError } from '@dynamo/core';
import { errnoOf } from './file-fault.ts';

export interface OpenDirectory extends AsyncDisposable {
  /** For messages. */
  readonly path: string;
  /** The path under which to act on an entry of this very directory. `name` has no slash. */
  child(name: string): string;
  /** Makes what was done to its entries durable. */
  sync(): Promise<void>;
}

/**
 * Throws `unavailable` when the root itself is not there (a mount that is gone), `refused` when a symbolic link leads
 * away, and the system's own error otherwise. With `create`, missing directories below the root are made.
 */
export async function openDirectory(
  root: string,
  segments: readonly string[],
  options: { readonly create?: boolean } = {},
): Promise<OpenDirectory> {
  const path = join(await realRoot(root), ...segments);
  try {
    return await openExactly(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || options.create !== true || segments.length === 0) throw error;
  }
  await using parent = await openDirectory(root, segments.slice(0, -1), options);
  try {
    await mkdir(parent.child(segments.at(-1) as string), DIRECTORY_MODE);
    await parent.sync();
  } catch (error) {
    // Another task made it at the same time.
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
  return openExactly(path);
}

/** A directory in an open one; a symbolic link in its place is an error. */
export async function openSubdirectory(parent: OpenDirectory, name: string): Promise<OpenDirectory> {
  const handle = await open(parent.child(name), DIRECTORY_FLAGS | constants.O_NOFOLLOW);
  return directory(handle, join(parent.path, name));
}

const DIRECTORY_MODE = 0o755;
const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY;
const DESCRIPTORS = '/proc/self/fd';

async function realRoot(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (cause) {
    throw new DynamoError('unavailable', `the site's root ${root} is not there: is it mounted?`, { cause });
  }
}

async function openExactly(path: string): Promise<OpenDirectory> {
  const handle = await open(path, DIRECTORY_FLAGS);
  const opened = directory(handle, path);
  try {
    const real = existsSync(DESCRIPTORS) ? await readlink(`${DESCRIPTORS}/${handle.fd}`) : await realpath(path);
    if (real === path) return opened;
    if (real === `${path} (deleted)`) throw Object.assign(new Error(`${path} was just removed`), { code: 'ENOENT' });
    throw new DynamoError('refused', `a symbolic link leads from ${path} to ${real}: it is not followed`);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function directory(handle: FileHandle, path: string): OpenDirectory {
  const base = existsSync(DESCRIPTORS) ? `${DESCRIPTORS}/${handle.fd}` : path;
  return {
    path,
    child: (name) => `${base}/${name}`,
    sync: () => handle.sync(),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
