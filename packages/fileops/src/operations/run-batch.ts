import type { Clock } from '@dynamo/core';
import type { Subject, SubjectResult, TaskOf } from '../state/events-and-effects.ts';
import type { Batch } from './work.ts';

export type TaskOutcome = SubjectResult & { readonly task: TaskOf };

const DELIVER_RESULTS = 1000;
const DELIVER_MS = 1000;

/**
 * Takes the results of a back-end and delivers them some at a time. Never rejects: a back-end that throws, or leaves out
 * a result, has failed the tasks that it did not answer. One that answers twice is heard once.
 */
export async function runBatch(
  { backend, tasks, results }: Batch,
  clock: Clock,
  deliver: (results: readonly TaskOutcome[]) => void,
): Promise<void> {
  const open = new Map(tasks);
  let ready: TaskOutcome[] = [];
  let deliveredMs = clock.monotonicMs();
  let silence = `back-end ${backend} gave no result`;
  try {
    for await (const { id, ...result } of results) {
      const task = open.get(id);
      if (task === undefined) continue;
      open.delete(id);
      ready.push({ ...result, subject: task.subject, task });
      if (ready.length >= DELIVER_RESULTS || clock.monotonicMs() - deliveredMs >= DELIVER_MS) {
        deliver(ready);
        ready = [];
        deliveredMs = clock.monotonicMs();
      }
    }
  } catch (error) {
    silence = `back-end ${backend} failed: ${error instanceof Error ? error.message : String(error)}`;
  }
  for (const task of open.values()) {
    const subject: Subject = task.subject;
    ready.push({ subject, task, ok: false, retryable: true, fault: 'other', detail: silence });
  }
  if (ready.length > 0) deliver(ready);
}
