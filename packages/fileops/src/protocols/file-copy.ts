/**
 * Copies one file between directories of this machine. The bytes go to a temporary name beside the destination, are
 * verified on their way, made durable, and only then get the final name by a rename: whenever the process dies, the
 * destination is either absent (or what it was) or right.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises';
import type { TaskResult, TransferTask } from '@dynamo/core';
import { type ChecksumVerifier, createChecksumVerifier } from '../checksum.ts';
import { errnoOf, failed, failedBy, isAbsent, type TaskFailure } from './file-fault.ts';
import { type FilePath, PART_PREFIX, parseFilePath } from './file-path.ts';
import { type OpenDirectory, openDirectory } from './file-root.ts';

export async function copyFile(task: TransferTask, signal: AbortSignal | undefined): Promise<TaskResult> {
  const source = parseFilePath(task.source.site, task.source.pfn);
  if ('refused' in source) return failed(task.id, 'other', source.refused, { retryable: false });
  const destination = parseFilePath(task.destination.site, task.destination.pfn);
  if ('refused' in destination) return failed(task.id, 'destination', destination.refused, { retryable: false });
  if (destination.name.startsWith(PART_PREFIX)) {
    const why = `no file may have a name that begins with ${PART_PREFIX}: those are files being written`;
    return failed(task.id, 'destination', why, { retryable: false });
  }
  const mayGoOn = (): boolean => signal?.aborted !== true && task.stillMine();
  try {
    for (let attempt = 1; ; attempt += 1) {
      if (!mayGoOn()) return lostClaim(task.id);
      try {
        await using directory = await openDirectory(destination.root, destination.parents, { create: true });
        return await copyInto(directory, destination.name, source, task, mayGoOn);
      } catch (error) {
        // A deletion removes directories as they become empty, perhaps this one just now.
        if (errnoOf(error) !== 'ENOENT' || attempt === ATTEMPTS_AT_DIRECTORY) throw error;
      }
    }
  } catch (error) {
    return failedBy(task.id, 'destination', error);
  }
}

const ATTEMPTS_AT_DIRECTORY = 20;
const CHUNK_BYTES = 1 << 20;
const FILE_MODE = 0o644;
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const WRITE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

function lostClaim(id: string): TaskFailure {
  return failed(id, 'lost-claim', 'stopped before the copy had its final name', { retryable: true });
}

async function copyInto(
  directory: OpenDirectory,
  name: string,
  sourcePath: FilePath,
  task: TransferTask,
  mayGoOn: () => boolean,
): Promise<TaskResult> {
  const present = await presentAlready(directory, name, task);
  if (present !== null) return present;

  const opened = await openSource(sourcePath, task);
  if ('fault' in opened) return opened;
  await using source = opened;

  const part = directory.child(`${PART_PREFIX}${randomUUID()}`);
  await using target = await open(part, WRITE_FLAGS, FILE_MODE);
  let renamed = false;
  try {
    const failure = await pump(source, target, task, mayGoOn);
    if (failure !== null) return failure;
    await target.sync();
    if (!mayGoOn()) return lostClaim(task.id);
    await rename(part, directory.child(name));
    renamed = true;
    await directory.sync();
    return { id: task.id, ok: true, detail: 'copied' };
  } finally {
    // Best effort: what is left over by a crash is swept later.
    if (!renamed) await unlink(part).catch(() => undefined);
  }
}

/** Done before, by an earlier attempt or another process; or something in the way that must not be replaced. */
async function presentAlready(directory: OpenDirectory, name: string, task: TransferTask): Promise<TaskResult | null> {
  const path = directory.child(name);
  const found = await lstat(path).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  if (found === null) return null;
  if (!found.isFile()) {
    const what = found.isSymbolicLink() ? 'a symbolic link' : 'not a regular file';
    return failed(task.id, 'destination', `${directory.path}/${name} is ${what}: remove it`, { retryable: false });
  }
  if (found.size !== task.size) return null;
  await using file = await open(path, READ_FLAGS);
  const verifier = createChecksumVerifier(task.checksums);
  await pour(file, task.size, verifier);
  if (verifier.mismatch() !== null) return null;
  // Whoever wrote it may have died before it was durable.
  await file.sync();
  await directory.sync();
  return { id: task.id, ok: true, detail: 'was there already' };
}

async function openSource(path: FilePath, task: TransferTask): Promise<FileHandle | TaskFailure> {
  let handle: FileHandle;
  try {
    await using directory = await openDirectory(path.root, path.parents);
    handle = await open(directory.child(path.name), READ_FLAGS);
  } catch (error) {
    if (isAbsent(error))
      return failed(task.id, 'source-missing', `${task.source.pfn} is not there`, { retryable: true });
    if (errnoOf(error) === 'ELOOP') return corrupt(task, 'is a symbolic link');
    return failedBy(task.id, 'other', error);
  }
  const fault = await handle.stat().then(
    (found) => {
      if (!found.isFile()) return corrupt(task, 'is not a file');
      return found.size === task.size ? null : corrupt(task, `has ${found.size} bytes, catalogued are ${task.size}`);
    },
    (error: unknown) => failedBy(task.id, 'other', error),
  );
  if (fault === null) return handle;
  await handle.close();
  return fault;
}

function corrupt(task: TransferTask, what: string): TaskFailure {
  return failed(task.id, 'source-corrupt', `${task.source.pfn} ${what}`, { retryable: false });
}

/** The next chunk is read while the last one is written. */
async function pump(
  source: FileHandle,
  target: FileHandle,
  task: TransferTask,
  mayGoOn: () => boolean,
): Promise<TaskFailure | null> {
  const verifier = createChecksumVerifier(task.checksums);
  // One byte more than expected, so that a source that grew is seen.
  const chunkBytes = Math.min(CHUNK_BYTES, task.size + 1);
  let [filled, free] = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)];
  let copied = 0;
  try {
    let { bytesRead } = await source.read(filled, 0, chunkBytes, 0);
    while (bytesRead > 0) {
      if (!mayGoOn()) return lostClaim(task.id);
      const chunk = filled.subarray(0, bytesRead);
      copied += bytesRead;
      const written = writeAll(target, chunk).then(
        () => null,
        (error: unknown) => failedBy(task.id, 'destination', error),
      );
      const next = source.read(free, 0, chunkBytes, copied).catch((error: unknown) => error as Error);
      verifier.update(chunk);
      const [failure, read] = await Promise.all([written, next]);
      if (failure !== null) return failure;
      if (read instanceof Error) throw read;
      bytesRead = read.bytesRead;
      [filled, free] = [free, filled];
    }
  } catch (error) {
    return failedBy(task.id, 'other', error);
  }
  if (copied !== task.size) return corrupt(task, `gave ${copied} bytes, catalogued are ${task.size}`);
  const mismatch = verifier.mismatch();
  return mismatch === null ? null : corrupt(task, `is not what it should be: ${mismatch}`);
}

async function writeAll(target: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await target.write(bytes, written, bytes.length - written);
    written += bytesWritten;
  }
}

async function pour(file: FileHandle, size: number, verifier: ChecksumVerifier): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size + 1));
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    verifier.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
