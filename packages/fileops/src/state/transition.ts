/**
 * One claimed operation, from its claim to its end: `(state, event) -> state and effects`, pure. The shell around it
 * performs the effects and comes back with events; the store alone outlives a crash.
 *
 *                 expanded                results: the next source, or record
 *    expanding -------------> working <----------------------------------------+
 *        |                     |   |                                           |
 *        |                     |   +-------------------------------------------+
 *        | refused,            |
 *        | stopped             | nothing under way, nothing being recorded
 *        |                     v
 *        |       +-------------+--------------+--------------------------+
 *        |       | every file recorded        | some failed              | stopped: claim lost,
 *        |       v                            |                          | deadline, shutdown
 *        |   record and close                 v                          |
 *        +-------|-----------------------> settle <----------------------+  (no word, if the claim was lost)
 *                | closed                     |
 *                +--------------------------> over
 *
 *  1. A file is under way, being recorded, recorded, or failed: in exactly one of these.
 *  2. No source is tried twice for a file within a claim.
 *  3. Once stopped, nothing new is attempted and no closing is asked for; what was done is still recorded, as a fact.
 *  4. Closing is asked for once, with every file recorded, or in the same commit as the last of them.
 *  5. It ends once: closed, or settled, or (the claim lost) with neither. After that there are no effects.
 *  6. No state is needed to begin again: files done but not recorded are done again, which is harmless.
 */
import { assert } from '@dynamo/core';
import type {
  OperationEffect,
  OperationEnd,
  OperationEvent,
  Subject,
  SubjectResult,
  Subscription,
  TaskOf,
} from './events-and-effects.ts';

export interface OperationProgress {
  readonly phase: 'expanding' | 'working' | 'over';
  /** How often it may still end with an error before it is held. */
  readonly attemptsLeft: number;
  readonly underWay: ReadonlyMap<Subject, TaskOf & Subscription>;
  readonly recording: ReadonlySet<Subject>;
  readonly failed: { readonly files: number; readonly hopeless: number; readonly first: string };
  /** Set once no more is to be done: how it ends when nothing is pending. Null: without a word, the claim is lost. */
  readonly stopped: { readonly end: OperationEnd | null } | null;
  /** Only one record can be pending while it is asked for, so that the next answer is the answer. */
  readonly closing: 'not-asked' | 'asked' | 'declined';
}

export interface Transition {
  readonly state: OperationProgress;
  readonly effects: readonly OperationEffect[];
}

export function beginOperation({ attemptsLeft }: { readonly attemptsLeft: number }): Transition {
  const state: OperationProgress = {
    phase: 'expanding',
    attemptsLeft,
    underWay: new Map(),
    recording: new Set(),
    failed: { files: 0, hopeless: 0, first: '' },
    stopped: null,
    closing: 'not-asked',
  };
  return { state, effects: [{ type: 'expand' }] };
}

export function transition(state: OperationProgress, event: OperationEvent): Transition {
  if (state.phase === 'over') return { state, effects: [] };
  switch (event.type) {
    case 'expanded':
      return conclude(expanded(state, event.subscriptions));
    case 'refused':
      return conclude(stopWith(state, { state: event.hold ? 'held' : 'queued', error: event.error }));
    case 'results':
      return conclude(withResults(state, event.results));
    case 'recorded':
      if (event.closed) return { state: { ...state, phase: 'over' }, effects: [] };
      return conclude({ state: answered(state, event.subjects), effects: [] });
    case 'not-recorded':
      return conclude(stopWith(answered(state, event.subjects), { state: 'queued', error: event.error }));
    case 'stop': {
      const next = stopWith(state, END_OF_STOP[event.why]).state;
      return conclude({ state: next, effects: [{ type: 'stop-tasks' }] });
    }
    default:
      return event satisfies never;
  }
}

const END_OF_STOP = {
  'claim-lost': null,
  deadline: { state: 'queued', error: 'the time for one attempt at an operation has passed' },
  shutdown: { state: 'queued', error: '' },
} as const;

/** The first reason stands, but nothing outweighs a lost claim. */
function stopWith(state: OperationProgress, end: OperationEnd | null): Transition {
  return { state: end !== null && state.stopped !== null ? state : { ...state, stopped: { end } }, effects: [] };
}

function answered(state: OperationProgress, subjects: readonly Subject[]): OperationProgress {
  const recording = new Set(state.recording);
  for (const subject of subjects) recording.delete(subject);
  return { ...state, recording, closing: state.closing === 'asked' ? 'declined' : state.closing };
}

function expanded(state: OperationProgress, subscriptions: readonly Subscription[]): Transition {
  assert(state.phase === 'expanding', 'an operation is expanded once');
  const possible = subscriptions.filter(({ ways }) => ways > 0).map((one) => ({ ...one, way: 0 }));
  const files = subscriptions.length - possible.length;
  const failed = files === 0 ? state.failed : { files, hopeless: 0, first: 'no site has it to give' };
  const underWay = new Map(possible.map((one) => [one.subject, one]));
  return { state: { ...state, phase: 'working', underWay, failed }, effects: attempt(possible) };
}

function withResults(state: OperationProgress, results: readonly SubjectResult[]): Transition {
  const underWay = new Map(state.underWay);
  const done: Subject[] = [];
  const again: (TaskOf & Subscription)[] = [];
  let { failed, stopped } = state;
  for (const result of results) {
    const task = underWay.get(result.subject);
    assert(task !== undefined, 'a result answers a task that is under way');
    underWay.delete(result.subject);
    if (result.ok) done.push(result.subject);
    else if (result.fault === 'lost-claim') stopped ??= { end: { state: 'queued', error: '' } };
    else if (result.fault !== 'destination' && task.way + 1 < task.ways) again.push({ ...task, way: task.way + 1 });
    else {
      const { files, hopeless, first } = failed;
      failed = { files: files + 1, hopeless: hopeless + (result.retryable ? 0 : 1), first: first || result.detail };
    }
  }
  const next = stopped === null ? again : [];
  for (const task of next) underWay.set(task.subject, task);
  const isLast = underWay.size + state.recording.size + failed.files === 0 && stopped === null;
  const close = isLast && done.length > 0;
  const record: OperationEffect[] = done.length === 0 ? [] : [{ type: 'record', subjects: done, close }];
  const recording = new Set([...state.recording, ...done]);
  const closing = close ? 'asked' : state.closing;
  return {
    state: { ...state, underWay, failed, stopped, recording, closing },
    effects: [...record, ...attempt(next)],
  };
}

/** Where nothing is pending any more, the operation ends. */
function conclude({ state, effects }: Transition): Transition {
  const { underWay, recording, stopped, failed, closing } = state;
  const isExpanding = state.phase === 'expanding' && stopped === null;
  if (isExpanding || underWay.size > 0 || recording.size > 0 || closing === 'asked') return { state, effects };
  if (stopped === null && failed.files === 0 && closing === 'not-asked') {
    const close: OperationEffect = { type: 'record', subjects: [], close: true };
    return { state: { ...state, closing: 'asked' }, effects: [...effects, close] };
  }
  const over: OperationProgress = { ...state, phase: 'over' };
  const end = stopped === null ? endOfFailures(state) : stopped.end;
  if (end === null) return { state: over, effects };
  const isSpent = end.error !== '' && state.attemptsLeft <= 1;
  return { state: over, effects: [...effects, { type: 'settle', end: isSpent ? { ...end, state: 'held' } : end }] };
}

/** Without failures, closing was declined: the block has changed, and there is more to do at once. */
function endOfFailures({ failed: { files, hopeless, first } }: OperationProgress): OperationEnd {
  const error = files > 1 ? `${files} files failed, the first: ${first}` : first;
  return { state: files > 0 && files === hopeless ? 'held' : 'queued', error };
}

function attempt(tasks: readonly TaskOf[]): readonly OperationEffect[] {
  if (tasks.length === 0) return [];
  return [{ type: 'attempt', tasks: tasks.map(({ subject, way }) => ({ subject, way })) }];
}
