import type { Author } from '@dynamo/core';
import { collectGarbage } from '../collect-garbage.ts';

/** One measured figure beside its target. */
export interface BenchRow {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** From the table of targets, in the same unit; null: none is stated. */
  readonly target: number | null;
  /** Whether more is better. */
  readonly better: 'less' | 'more';
  /** The naive implementation's value in the same run over ours, so that more than 1 means that ours is better. */
  readonly naiveRatio: number | null;
  readonly note: string;
}

export interface BenchOptions {
  /** Block replicas. */
  readonly size: number;
  /** Only to see that everything works: small sizes, one repetition. */
  readonly quick: boolean;
}

/** Who writes, in all suites. */
export const BENCH_AUTHOR: Author = { application: 'bench', user: 'bench' };

export interface BenchSuite {
  readonly name: string;
  run(options: BenchOptions, report: (row: BenchRow) => void): Promise<void>;
}

/** The median of an odd number of runs of `work`, in ms; what it returns keeps it from being optimised away. */
export async function medianMs(runs: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[times.length >> 1] as number;
}

/** Resident memory in MB (10^6 bytes), after a collection. */
export function residentMB(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().rss / 1e6;
}
