/** What the transition function is told, and what it asks for. */
import type { TaskResult } from '@dynamo/core';

/** A file of the operation: its id in the catalogue, or 0 for the one path of a path deletion. */
export type Subject = number;

/** A file to be done, and in how many ways it can be: the sources of a copy; a deletion has one. */
export interface Subscription {
  readonly subject: Subject;
  readonly ways: number;
}

/** One attempt at a subscription. */
export interface TaskOf {
  readonly subject: Subject;
  /** Which of the subscription's ways: 0, 1, ... */
  readonly way: number;
}

type Failure = Extract<TaskResult, { readonly ok: false }>;

export type SubjectResult = { readonly subject: Subject } & (
  | { readonly ok: true }
  | ({ readonly ok: false } & Pick<Failure, 'retryable' | 'fault' | 'detail'>)
);

export type OperationEvent =
  | { readonly type: 'expanded'; readonly subscriptions: readonly Subscription[] }
  /** It may not, or cannot, be carried out now. An empty error: not its turn yet, which is no attempt. */
  | { readonly type: 'refused'; readonly error: string; readonly hold: boolean }
  | { readonly type: 'results'; readonly results: readonly SubjectResult[] }
  /** Not closed though asked for: its block has changed meanwhile, and there is more to do. */
  | { readonly type: 'recorded'; readonly subjects: readonly Subject[]; readonly closed: boolean }
  | { readonly type: 'not-recorded'; readonly subjects: readonly Subject[]; readonly error: string }
  | { readonly type: 'stop'; readonly why: 'claim-lost' | 'deadline' | 'shutdown' };

export type OperationEffect =
  | { readonly type: 'expand' }
  | { readonly type: 'attempt'; readonly tasks: readonly TaskOf[] }
  | { readonly type: 'record'; readonly subjects: readonly Subject[]; readonly close: boolean }
  | { readonly type: 'stop-tasks' }
  | { readonly type: 'settle'; readonly end: OperationEnd };

/** An empty error: given back without having been tried. */
export interface OperationEnd {
  readonly state: 'queued' | 'held';
  readonly error: string;
}
