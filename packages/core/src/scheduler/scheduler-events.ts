import type { Access } from './scheduler-options.ts';

/** What is known of a task when an event is emitted. */
export interface TaskReport {
  /** Counted from 1 in the order in which the scheduler took them. */
  readonly id: number;
  readonly name: string;
  readonly access: Access;
  readonly priority: number;
  readonly waitedMs: number;
  /** 0 if it never started. */
  readonly ranMs: number;
  /** Why it failed, or was cancelled or given up. */
  readonly error?: unknown;
}

/**
 * A task is queued, perhaps started, and then finished, failed or cancelled, once. One that was told to stop and does not
 * is overdue as soon as its caller has been answered, and ended when it really has.
 */
export interface SchedulerEvents {
  readonly queued: TaskReport;
  readonly started: TaskReport;
  readonly finished: TaskReport;
  /** It threw, or passed a limit of time. */
  readonly failed: TaskReport;
  /** Its signal was aborted, or the scheduler closed. */
  readonly cancelled: TaskReport;
  /** A writer in this state still holds its lock. */
  readonly overdue: TaskReport;
  readonly ended: TaskReport;
}
