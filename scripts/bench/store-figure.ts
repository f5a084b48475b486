import type { BenchRow } from './bench-row.ts';

/** A row of the stores' suite, of which less is better. */
export function figure(name: string, value: number, unit: string, target: number | null): BenchRow {
  return { suite: 'store', name, value, unit, target, better: 'less', naiveRatio: null, note: '' };
}
