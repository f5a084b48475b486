import { DynamoError, isDynamoError } from '@dynamo/core';
import type { Session } from './bulk.ts';

/** Rows that are there already, or refer to what is not: the changes were made on another state. */
export function asConflict({ differences }: Session, error: unknown): unknown {
  if (isDynamoError(error)) return error;
  const fault = differences.faultOf(error);
  if (fault !== 'duplicate' && fault !== 'dangling') return error;
  const what =
    fault === 'duplicate' ? 'a record that is to be added is there already' : 'a record that is to go is still needed';
  return new DynamoError('conflict', `${what}: ${(error as Error).message}`, { cause: error });
}
