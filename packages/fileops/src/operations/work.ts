/** What an operation comes to when its turn has come: files, and how each is done. */
import type { FileRecord, TaskResult, Version } from '@dynamo/core';
import type { Subject, Subscription, TaskOf } from '../state/events-and-effects.ts';

export interface Work {
  /** Of the inventory in which it was expanded. */
  readonly version: Version;
  readonly subscriptions: readonly Subscription[];
  /** The files by subject; empty for the deletion of a path. */
  readonly files: ReadonlyMap<Subject, FileRecord>;
  /** Whether the files are all that the block has, as of the version at which it was expanded. */
  readonly isWholeBlock: boolean;
  /** What the operation is closed with. */
  readonly detail: string;
  /** Whether the decision still stands in the inventory of this moment. Cheap: it is asked before every effect. */
  isWanted(): boolean;
  /** Hands tasks to back-ends; one result for each, in any order. Answers what no back-end can be asked at once. */
  run(tasks: readonly TaskOf[], control: TaskControl): readonly Batch[];
  /** For messages: what a task is about, and the site that could be at fault. */
  describe(task: TaskOf): { readonly subject: string; readonly site: string };
}

export interface TaskControl {
  readonly stillMine: () => boolean;
  readonly signal: AbortSignal;
}

/** The tasks of one back-end, with its results. */
export interface Batch {
  readonly backend: string;
  readonly tasks: ReadonlyMap<string, TaskOf>;
  readonly results: AsyncIterable<TaskResult>;
}

export type Expansion =
  | { readonly ok: true; readonly work: Work }
  /** An empty error: it is not its turn, or not ours to do. */
  | { readonly ok: false; readonly error: string; readonly hold: boolean };

export const NOT_ITS_TURN: Expansion = Object.freeze({ ok: false, error: '', hold: false });

export function cannot(error: string, options: { readonly hold: boolean } = { hold: false }): Expansion {
  return { ok: false, error, hold: options.hold };
}
