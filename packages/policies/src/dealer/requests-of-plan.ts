/** Which requests a Dealer plan serves, and which of them are no longer what they were when it was made. */
import { type Plan, type PlanStep, type RequestChange, type RequestRecord, sameRecord } from '@dynamo/core';

/** The numbers of those that the plan moves on or orders something for, ascending. */
export function requestsOfPlan({ steps, requests }: Pick<Plan, 'steps' | 'requests'>): readonly number[] {
  const ids = new Set(requests.map(({ after }) => after.id));
  for (const step of steps) {
    const id = requestOfStep(step);
    if (id !== null) ids.add(id);
  }
  return [...ids].sort((a, b) => a - b);
}

/** The request or user's rule that the step is for; null: something else's. */
export function requestOfStep({ reason: { text, reference = '' } }: PlanStep): number | null {
  const word = text.startsWith('copy_requests: ') ? 'request' : text.startsWith('rules: ') ? 'rule' : null;
  if (word === null) return null;
  const [first, number = ''] = reference.split(' ', 2);
  return first === word && /^\d+$/.test(number) ? Number(number) : null;
}

/**
 * By number, why nothing may be done for the request any more. `present`: as it is now; null: it is not there. `planned`:
 * as the plan was made with it; of those that it moves on the plan knows that itself.
 */
export function staleRequests(
  { requests }: Pick<Plan, 'requests'>,
  present: ReadonlyMap<number, RequestRecord | null>,
  planned: ReadonlyMap<number, RequestRecord> = new Map(),
): ReadonlyMap<number, string> {
  const changes = new Map<number, RequestChange>(requests.map((change) => [change.after.id, change]));
  const stale = new Map<number, string>();
  for (const [id, request] of present) {
    const change = changes.get(id);
    const why = staleness(change === undefined ? planned.get(id) : change.before, request);
    if (why !== null) stale.set(id, `${request?.kind === 'rule' ? 'rule' : 'request'} ${id} ${why}`);
  }
  return stale;
}

/** `planned`: undefined where nobody knows. */
function staleness(planned: RequestRecord | null | undefined, present: RequestRecord | null): string | null {
  if (present === null) return 'is not there any more';
  if (present.state !== 'new' && present.state !== 'active') return `is ${present.state} now`;
  return planned !== undefined && !sameRecord(planned, present) ? 'has changed since the plan was made' : null;
}
