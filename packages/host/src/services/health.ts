import type { SchedulerCounters, Version } from '@dynamo/core';

/** How the process itself is. What the inventory holds is the business of `status`. */
export interface HealthReport {
  /** `degraded`: it works, but something in `faults` wants looking at. `stopping` and `failed` take nothing new. */
  readonly status: 'ok' | 'degraded' | 'stopping' | 'failed';
  /** What is wrong, in words, each with the part that it is about. */
  readonly faults: readonly string[];
  readonly version: Version;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly openViews: number;
  readonly cycles: readonly CycleHealth[];
  readonly scheduler: SchedulerCounters;
}

/** One of the things that the server does again and again. Times are seconds since 1970. */
export interface CycleHealth {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly running: boolean;
  readonly runs: number;
  readonly failures: number;
  readonly last: CycleEnd | null;
  /** Null while it runs, and once the server stops. */
  readonly nextAt: number | null;
}

export interface CycleEnd {
  readonly startedAt: number;
  readonly seconds: number;
  readonly outcome: 'done' | 'failed' | 'aborted';
  /** What was done, or what went wrong. */
  readonly summary: string;
}
