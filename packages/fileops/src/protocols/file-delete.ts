/**
 * Deletes files of this machine, directory by directory: one opening, one making durable for all of a directory's files.
 * Directories that have become empty go too, up to the root.
 */
import { lstat, rmdir, unlink } from 'node:fs/promises';
import type { DeletionTask, TaskResult } from '@dynamo/core';
import { failed, failedBy, isAbsent } from './file-fault.ts';
import { type FilePath, parseFilePath } from './file-path.ts';
import { type OpenDirectory, openDirectory } from './file-root.ts';

/** The tasks of one directory. */
export interface DirectoryDeletion {
  readonly root: string;
  readonly parents: readonly string[];
  readonly files: readonly { readonly task: DeletionTask; readonly name: string }[];
}

/** Sorts tasks by directory; those that name nothing below their site's root are answered at once. */
export function groupByDirectory(tasks: readonly DeletionTask[]): {
  readonly groups: readonly DirectoryDeletion[];
  readonly refused: readonly TaskResult[];
} {
  const groups = new Map<string, { readonly path: FilePath; readonly files: { task: DeletionTask; name: string }[] }>();
  const refused: TaskResult[] = [];
  for (const task of tasks) {
    const path = parseFilePath(task.site, task.pfn);
    if ('refused' in path) {
      refused.push(failed(task.id, 'other', path.refused, { retryable: false }));
      continue;
    }
    const key = JSON.stringify([path.root, path.parents]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { path, files: [{ task, name: path.name }] });
    else group.files.push({ task, name: path.name });
  }
  return {
    groups: [...groups.values()].map(({ path, files }) => ({ root: path.root, parents: path.parents, files })),
    refused,
  };
}

export async function deleteInDirectory(
  { root, parents, files }: DirectoryDeletion,
  signal: AbortSignal | undefined,
): Promise<readonly TaskResult[]> {
  const results: TaskResult[] = [];
  try {
    await using directory = await openDirectory(root, parents);
    for (const { task, name } of files) results.push(await deleteOne(directory, name, task, signal));
    // Nothing counts as deleted before it is.
    await directory.sync();
  } catch (error) {
    // Where the directory is not there, the files are not (that the root is there has been seen).
    if (isAbsent(error)) return files.map(({ task }) => gone(task));
    return files.map(({ task }) => failedBy(task.id, 'other', error));
  }
  await removeEmptyDirectories(root, parents);
  return results;
}

async function deleteOne(
  directory: OpenDirectory,
  name: string,
  task: DeletionTask,
  signal: AbortSignal | undefined,
): Promise<TaskResult> {
  const path = directory.child(name);
  try {
    const found = await lstat(path);
    if (!found.isFile()) {
      const what = found.isSymbolicLink() ? 'a symbolic link' : 'not a regular file';
      return failed(task.id, 'other', `${directory.path}/${name} is ${what}: left alone`, { retryable: false });
    }
    if (signal?.aborted === true || !task.stillMine()) {
      return failed(task.id, 'lost-claim', 'stopped before the file was deleted', { retryable: true });
    }
    await unlink(path);
    return { id: task.id, ok: true, detail: 'deleted' };
  } catch (error) {
    return isAbsent(error) ? gone(task) : failedBy(task.id, 'other', error);
  }
}

function gone(task: DeletionTask): TaskResult {
  return { id: task.id, ok: true, detail: 'was not there' };
}

/** Best effort: an empty directory that stays harms nobody. */
async function removeEmptyDirectories(root: string, parents: readonly string[]): Promise<void> {
  for (let depth = parents.length; depth > 0; depth -= 1) {
    try {
      await using parent = await openDirectory(root, parents.slice(0, depth - 1));
      await rmdir(parent.child(parents[depth - 1] as string));
    } catch (error) {
      // Somebody else removed it: the one above may be empty now.
      if (!isAbsent(error)) return;
    }
  }
}
