import type { Counters } from '@dynamo/core';
import type { CounterColumns } from './database.ts';

export function countersOf({ next_file, next_operation, next_lock, next_request }: CounterColumns): Counters {
  return { nextFile: next_file, nextOperation: next_operation, nextLock: next_lock, nextRequest: next_request };
}

export function counterColumns({ nextFile, nextOperation, nextLock, nextRequest }: Counters): CounterColumns {
  return { next_file: nextFile, next_operation: nextOperation, next_lock: nextLock, next_request: nextRequest };
}
