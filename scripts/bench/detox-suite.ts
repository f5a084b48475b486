/** Detox: a whole plan under the Physics policy, over an inventory like that of CMS. */
import { Inventory, type InventoryView } from '@dynamo/core';
import { GENERATOR_NOW } from '@dynamo/core/testing';
import { type CheckedPolicy, detoxPlan, detoxPlanJson, planDetox } from '@dynamo/policies';
import { type BenchOptions, type BenchRow, type BenchSuite, medianMs } from './bench-row.ts';
import { generatedStore, physicsPolicy } from './generated-inventory.ts';
import { measureHistory } from './history-size.ts';

export const detoxSuite: BenchSuite = { name: 'detox', run };

/** By the number of block replicas. */
const TARGETS_MS: ReadonlyMap<number, number> = new Map([
  [500_000, 1000],
  [3_440_000, 8000],
  [10_000_000, 30_000],
]);
/** What the original took, on a machine like the one the targets were set on. */
const ORIGINAL_MS: ReadonlyMap<number, number> = new Map([[500_000, 174_000]]);

async function run({ size, quick }: BenchOptions, report: (row: BenchRow) => void): Promise<void> {
  const policy = physicsPolicy();
  for (const blockReplicas of quick ? [size] : [...new Set([500_000, size])]) {
    const inventory = await Inventory.open(generatedStore({ seed: 'detox', blockReplicas }));
    const measurement = { blockReplicas, runs: quick ? 1 : 3, report };
    {
      using view = inventory.view();
      await measure(view, policy, measurement);
    }
    await measureHistory(inventory, { policy, now: GENERATOR_NOW }, rowsTo(report));
  }
}

interface Measurement {
  readonly blockReplicas: number;
  readonly runs: number;
  readonly report: (row: BenchRow) => void;
}

async function measure(
  view: InventoryView,
  policy: CheckedPolicy,
  { blockReplicas, runs, report }: Measurement,
): Promise<void> {
  const at = `${blockReplicas.toLocaleString('en')} block replicas`;
  const row = rowsTo(report);
  const options = { policy, now: GENERATOR_NOW };
  const result = planDetox(view, options);
  const { iterations, run: arrays } = result;
  const ms = await medianMs(runs, () => planDetox(view, options));
  const original = ORIGINAL_MS.get(blockReplicas);
  row(`plan, Physics policy, ${at}`, ms, {
    target: TARGETS_MS.get(blockReplicas) ?? null,
    naiveRatio: original === undefined ? null : original / ms,
    note: `${iterations} passes, ${arrays.image.copies} in the partition, ${arrays.deleted.length} deleted`,
  });
  row(`  guard off`, await medianMs(runs, () => planDetox(view, { ...options, guard: 'off' })));
  if (blockReplicas <= 1_000_000) {
    const full = await medianMs(1, () => planDetox(view, { ...options, evaluation: 'full' }));
    row(`  everything evaluated in every pass`, full);
  }
  row(`  as JSON`, await medianMs(runs, () => detoxPlanJson(result)));
  row(`  as steps for core, with what the history keeps`, await medianMs(runs, () => detoxPlan(result)));
}

function rowsTo(report: (row: BenchRow) => void): (name: string, value: number, more?: Partial<BenchRow>) => void {
  return (name, value, more = {}) =>
    report({
      suite: 'detox',
      name,
      value,
      unit: 'ms',
      target: null,
      better: 'less',
      naiveRatio: null,
      note: '',
      ...more,
    });
}
