import type { TaskResult } from '@dynamo/core';
import type { TaskOf } from '../state/events-and-effects.ts';
import type { Batch } from './work.ts';

/** Tasks whose results are known without asking a back-end. */
export function answered(results: ReadonlyMap<string, { readonly task: TaskOf; readonly result: TaskResult }>): Batch {
  return {
    backend: 'naming',
    tasks: new Map([...results].map(([id, { task }]) => [id, task])),
    results: (async function* () {
      for (const { result } of results.values()) yield result;
    })(),
  };
}
