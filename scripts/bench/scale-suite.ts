/** As large as memory takes: loaded, scanned and planned once. Not one of the suites that run without a name. */
import { equals, Inventory, REPLICA_FLAG, rowsWhere, select, sumBy } from '@dynamo/core';
import { GENERATOR_NOW } from '@dynamo/core/testing';
import { planDetox } from '@dynamo/policies';
import type { BenchOptions, BenchRow, BenchSuite } from './bench-row.ts';
import { medianMs, residentMB } from './bench-row.ts';
import { generatedStore, physicsPolicy } from './generated-inventory.ts';

/** On disk, of a dataset: with those on tape there are ten replicas of a block. */
const COPIES = 9;

export const scaleSuite: BenchSuite = { name: 'scale', run };

async function run({ size }: BenchOptions, report: (row: BenchRow) => void): Promise<void> {
  const row = (name: string, value: number, unit: string, target: number | null = null, note = ''): void =>
    report({ suite: 'scale', name, value, unit, target, better: 'less', naiveRatio: null, note });
  const isHuge = size === 100_000_000;
  const began = performance.now();
  const inventory = await Inventory.open(
    generatedStore({ seed: 'scale', blockReplicas: size, replicasPerDataset: COPIES }),
  );
  row(`load ${size.toLocaleString('en')} block replicas`, (performance.now() - began) / 1000, 's');
  row('memory after the load', residentMB(), 'MB', isHuge ? 8000 : null, 'resident set of the process');
  using view = inventory.view();
  const { blockReplicas, blocks, datasets, sites, groups } = view.tables;
  const counts = `${datasets.rows} datasets, ${blocks.rows} blocks`;
  const owner = equals(blockReplicas.group, groups.find('AnalysisOps'));
  const occupancyMs = await medianMs(3, () =>
    sumBy(
      select(blockReplicas.rows, [owner]),
      sites.rows,
      (r) => blockReplicas.site.get(r),
      (r) => blockReplicas.size(r),
    ),
  );
  row('occupancy of all sites, counted anew', occupancyMs, 'ms', null, counts);
  const isCopied = rowsWhere((r) => (blockReplicas.flags.get(r) & REPLICA_FLAG.partial) === 0);
  const predicateMs = await medianMs(3, () => select(blockReplicas.rows, [owner, isCopied]).size);
  row('predicate over all replicas', predicateMs, 'ms');
  let note = '';
  const planMs = await medianMs(1, () => {
    const { iterations, run: arrays } = planDetox(view, { policy: physicsPolicy(), now: GENERATOR_NOW });
    note = `${iterations} passes, ${arrays.image.copies} in the partition, ${arrays.deleted.length} deleted`;
  });
  row('Detox, Physics policy', planMs / 1000, 's', null, note);
  row('memory after the plan', residentMB(), 'MB', isHuge ? 8000 : null, 'resident set of the process');
  row('most memory at any time', process.resourceUsage().maxRSS / 1000, 'MB', isHuge ? 8000 : null);
}
