/**
 * Walks a tree in byte order of the paths. Within a directory, a subdirectory sorts as its name and a slash: `a.b` comes
 * before `a/b`, though `a` comes before `a.b`. Memory grows with the depth and the largest directory, not with the tree.
 */
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { DynamoError, type ListedFile, throwIfAborted } from '@dynamo/core';
import { mapUnordered } from '../concurrency/map-unordered.ts';
import { isAbsent } from './file-fault.ts';
import { PART_PREFIX } from './file-path.ts';
import { type OpenDirectory, openDirectory, openSubdirectory } from './file-root.ts';

/** Something at a site that is no file of it: it is not listed, and a person may want to know. */
export interface SkippedEntry {
  readonly path: string;
  readonly what: 'symbolic link' | 'special file' | 'name is not UTF-8';
}

export interface WalkOptions {
  /** Whether to give the files being written, or all others. */
  readonly parts: boolean;
  readonly onSkipped: (entry: SkippedEntry) => void;
  readonly signal?: AbortSignal | undefined;
}

export async function* walkFiles(
  root: string,
  options: WalkOptions,
): AsyncGenerator<readonly ListedFile[], void, void> {
  const stack: Frame[] = [];
  let batch: ListedFile[] = [];
  try {
    stack.push(await readFrame(await openDirectory(root, []), '', options));
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      throwIfAborted(`listing ${root}`, options.signal);
      const files = takeFiles(frame, BATCH_FILES - batch.length);
      if (files.length > 0) batch.push(...(await statFiles(frame, files)));
      if (batch.length >= BATCH_FILES) {
        yield batch;
        batch = [];
      }
      const entry = frame.entries[frame.next];
      if (entry === undefined) {
        stack.pop();
        await frame.directory[Symbol.asyncDispose]();
      } else if (entry.isDirectory) {
        frame.next += 1;
        const below = await openBelow(frame, entry, options);
        if (below !== null) stack.push(below);
      }
    }
    if (batch.length > 0) yield batch;
  } finally {
    for (const { directory } of stack) await directory[Symbol.asyncDispose]();
  }
}

const BATCH_FILES = 1000;
const STAT_WIDTH = 16;

interface Entry {
  readonly name: string;
  /** The bytes of the name; of a directory, with a slash after it. */
  readonly order: Buffer;
  readonly isDirectory: boolean;
}

interface Frame {
  readonly directory: OpenDirectory;
  /** The path of the directory relative to the root, with a slash at its end; empty for the root. */
  readonly prefix: string;
  readonly entries: readonly Entry[];
  next: number;
}

function takeFiles(frame: Frame, limit: number): readonly Entry[] {
  const from = frame.next;
  while (frame.next - from < limit && frame.entries[frame.next]?.isDirectory === false) frame.next += 1;
  return frame.entries.slice(from, frame.next);
}

async function openBelow(frame: Frame, entry: Entry, options: WalkOptions): Promise<Frame | null> {
  const prefix = `${frame.prefix}${entry.name}/`;
  try {
    return await readFrame(await openSubdirectory(frame.directory, entry.name), prefix, options);
  } catch (error) {
    // It has become empty and was removed, since its parent was read.
    if (isAbsent(error)) return null;
    throw unreadable(`${frame.directory.path}/${entry.name}`, error);
  }
}

async function readFrame(directory: OpenDirectory, prefix: string, options: WalkOptions): Promise<Frame> {
  try {
    const found = await readdir(directory.child('.'), { withFileTypes: true, encoding: 'buffer' });
    const entries = found.flatMap((entry) => readEntry(entry, prefix, options) ?? []);
    entries.sort((a, b) => Buffer.compare(a.order, b.order));
    return { directory, prefix, entries, next: 0 };
  } catch (error) {
    await directory[Symbol.asyncDispose]();
    throw isAbsent(error) ? error : unreadable(directory.path, error);
  }
}

function readEntry(found: Dirent<Buffer>, prefix: string, { parts, onSkipped }: WalkOptions): Entry | null {
  const bytes = found.name;
  const name = bytes.toString('utf8');
  const isDirectory = found.isDirectory();
  const skip = (what: SkippedEntry['what']): null => {
    onSkipped({ path: `${prefix}${name}`, what });
    return null;
  };
  if (!Buffer.from(name, 'utf8').equals(bytes)) return skip('name is not UTF-8');
  if (isDirectory) return { name, order: Buffer.concat([bytes, SLASH]), isDirectory };
  if (!found.isFile()) return skip(found.isSymbolicLink() ? 'symbolic link' : 'special file');
  return name.startsWith(PART_PREFIX) === parts ? { name, order: bytes, isDirectory } : null;
}

const SLASH: Buffer = Buffer.from('/');

async function statFiles({ directory, prefix }: Frame, files: readonly Entry[]): Promise<readonly ListedFile[]> {
  const listed = new Array<ListedFile | undefined>(files.length);
  const stat = async (index: number): Promise<void> => {
    const { name } = files[index] as Entry;
    try {
      const found = await lstat(directory.child(name));
      if (!found.isFile()) return;
      listed[index] = { path: prefix + name, size: found.size, modified: Math.floor(found.mtimeMs / 1000) };
    } catch (error) {
      if (!isAbsent(error)) throw unreadable(`${directory.path}/${name}`, error);
    }
  };
  for await (const _ of mapUnordered(files.keys(), STAT_WIDTH, stat));
  return listed.filter((file) => file !== undefined);
}

function unreadable(path: string, cause: unknown): DynamoError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DynamoError('unavailable', `cannot list ${path}: ${why}`, { data: { path }, cause });
}
