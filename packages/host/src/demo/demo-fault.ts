import { DynamoError, inputError, isDynamoError } from '@dynamo/core';

/** What the operating system refused, as one line that says what to do; other errors as they are. */
export function demoFault(error: unknown, directory: string): unknown {
  if (isDynamoError(error) || !(error instanceof Error) || !('code' in error)) return error;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : directory;
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT': {
      const what = `no space is left at ${directory}; the demo needs some 50 MB: make room and run it again`;
      return new DynamoError('unavailable', `${what}, or name another directory with --keep`, { cause: error });
    }
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return inputError({ what: 'it cannot be written', where: { file: path }, hint: HINT }, error);
    case 'ENOENT':
      return inputError({ what: 'it is not there', where: { file: path }, hint: HINT }, error);
    case 'EEXIST':
    case 'ENOTDIR':
      return inputError({ what: 'it is not a directory', where: { file: path }, hint: HINT }, error);
    default:
      return error;
  }
}

const HINT = 'name a directory of your own with --keep';
