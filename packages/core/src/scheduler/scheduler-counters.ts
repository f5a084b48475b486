import type { Access } from './scheduler-options.ts';

export interface AccessCounters {
  /** Now. */
  readonly waiting: number;
  /** Now. */
  readonly running: number;
  /** Now: told to stop graceMs ago and more, and not ended. */
  readonly overdue: number;
  /** Since the start, as all below. queued = waiting + running + finished + failed + cancelled. */
  readonly queued: number;
  readonly started: number;
  readonly finished: number;
  readonly failed: number;
  readonly cancelled: number;
  /** For want of room in the queue, or because the scheduler was closed; these are not counted as queued. */
  readonly refused: number;
  /** Of tasks that are answered for. */
  readonly waitedMs: number;
  readonly ranMs: number;
}

export type SchedulerCounters = Readonly<Record<Access, AccessCounters>>;

export type MutableCounters = { -readonly [Name in keyof AccessCounters]: AccessCounters[Name] };

export function createCounters(): MutableCounters {
  return {
    waiting: 0,
    running: 0,
    overdue: 0,
    queued: 0,
    started: 0,
    finished: 0,
    failed: 0,
    cancelled: 0,
    refused: 0,
    waitedMs: 0,
    ranMs: 0,
  };
}
