import type { SchedulerCounters, Version } from '@dynamo/core';
import type { FileCacheCounters } from '../store/cached-file-catalogue.ts';
import type { ServerRecord } from '../store/leadership.ts';

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
  /** Null: there is none. */
  readonly fileCache: FileCacheCounters | null;
  /** Null: this server is alone on its store. */
  readonly several: SeveralServers | null;
}

/** The servers on one database, as this one sees them. */
export interface SeveralServers {
  readonly role: 'leader' | 'follower';
  /** Of the writer's lease, as it was seen last. */
  readonly epoch: number;
  /** How the leader is reached; null: none is known. */
  readonly leader: string | null;
  /** Since it last had everything that the log had; null: it never did. */
  readonly behindSeconds: number | null;
  /** Why the database could not be asked the last time. */
  readonly fault: string | null;
  readonly servers: readonly ServerRecord[];
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
