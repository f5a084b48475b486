/** How failures of the file system become results of tasks. */
import { isDynamoError, type TaskResult } from '@dynamo/core';

export type TaskFailure = Extract<TaskResult, { readonly ok: false }>;

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isAbsent(error: unknown): boolean {
  const code = errnoOf(error);
  // ENOTDIR: one of its parents is a file.
  return code === 'ENOENT' || code === 'ENOTDIR';
}

export function failed(
  id: string,
  fault: TaskFailure['fault'],
  detail: string,
  options: { readonly retryable: boolean },
): TaskFailure {
  return { id, ok: false, fault, detail, retryable: options.retryable };
}

/** For an error that no step knows better about. */
export function failedBy(id: string, fault: TaskFailure['fault'], error: unknown): TaskFailure {
  const detail = error instanceof Error ? error.message : String(error);
  const hopeless = isDynamoError(error, 'refused') || HOPELESS.has(errnoOf(error) ?? '');
  return failed(id, fault, detail, { retryable: !hopeless });
}

/** A path that the file system will never take, or that something of another kind occupies. */
const HOPELESS: ReadonlySet<string> = new Set(['ENAMETOOLONG', 'EISDIR', 'ENOTDIR', 'ELOOP', 'EINVAL']);
