/** What happens to an inventory seldom, and to all of it: a warm start, other partitions, months of inserts and deletes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BlockName,
  createRandomSource,
  type DatasetName,
  Inventory,
  type InventoryStore,
  type InventoryView,
  NO_ROW,
  type SiteName,
} from '@dynamo/core';
import { BENCH_AUTHOR, type BenchRow, medianMs } from './bench-row.ts';

export type Row = (name: string, value: number, unit: string, target: number | null, more?: Partial<BenchRow>) => void;

const CHANGES_A_COMMIT = 20_000;

/** `store` must not be read while a warm start does what it is for. */
export async function measureWarmStart(
  inventory: Inventory,
  {
    store,
    naiveMs,
    size,
    runs,
  }: { readonly store: InventoryStore; readonly naiveMs: number; readonly size: number; readonly runs: number },
  row: Row,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dynamo-bench-'));
  try {
    const warmStartFile = join(directory, 'inventory.warm');
    const writeMs = await medianMs(1, () => inventory.saveWarmStart(warmStartFile));
    row('warm-start file, written', writeMs, 'ms', null);
    const readMs = await medianMs(runs, () =>
      Inventory.open(store, {
        warmStartFile,
        onWarning: (message) => {
          throw new Error(message);
        },
      }),
    );
    row('start from a warm-start file', readMs, 'ms', scaled(3000, 10_000_000, size), {
      naiveRatio: naiveMs / readMs,
      note: 'naive: built from records',
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A condition is changed, so that every block replica is asked anew. */
export async function measureRepartition(
  inventory: Inventory,
  { naiveMs, size, runs }: { readonly naiveMs: number; readonly size: number; readonly runs: number },
  row: Row,
): Promise<void> {
  let change = 0;
  const ms = await medianMs(runs, () =>
    inventory.update(BENCH_AUTHOR, (draft) => {
      const partition = draft.partition('RelVal');
      if (partition === undefined) throw new Error('no partition');
      change += 1;
      const where = change % 2 === 0 ? 'DISK' : 'MSS';
      const condition = `blockreplica.owner == RelVal and site.storage_type == ${where}`;
      draft.put('partition', { name: partition.name, condition });
    }),
  );
  row('re-partition after a change of policy', ms, 'ms', scaled(1000, 3_440_000, size), { naiveRatio: naiveMs / ms });
}

/** `changes` random inserts and deletes; then the scans that `before` was measured by. `naive`: changes in a second. */
export async function measureChurn(
  inventory: Inventory,
  {
    changes,
    naive,
    scanMs,
    before,
  }: {
    readonly changes: number;
    readonly naive: number;
    readonly scanMs: (view: InventoryView) => Promise<number>;
    readonly before: number;
  },
  row: Row,
): Promise<void> {
  const random = createRandomSource('churn');
  const changesMs = await medianMs(1, async () => {
    for (let done = 0; done < changes; done += CHANGES_A_COMMIT) {
      await inventory.update(BENCH_AUTHOR, (draft) => {
        for (let i = 0; i < Math.min(CHANGES_A_COMMIT, changes - done); i += 2) {
          const { blocks, datasets, sites, blockReplicas } = draft.tables;
          const victim = random.nextInt(blockReplicas.rows);
          if (blockReplicas.isLive(victim)) {
            const block = blockReplicas.block.get(victim);
            const dataset = datasets.name.get(blocks.dataset.get(block)) as DatasetName;
            const site = sites.get(blockReplicas.site.get(victim))?.name as SiteName;
            const replica = { dataset, block: blocks.name(block) as BlockName, site };
            const evidence = { kind: 'declared', by: 'bench', reason: 'churn' } as const;
            draft.recordFact({ kind: 'replica-gone', replica, evidence });
          }
          const block = random.nextInt(blocks.rows);
          const site = random.nextInt(sites.rows);
          if (blockReplicas.find(block, site) !== NO_ROW) continue;
          draft.put('blockReplica', {
            dataset: datasets.name.get(blocks.dataset.get(block)) as DatasetName,
            block: blocks.name(block) as BlockName,
            site: sites.get(site)?.name as SiteName,
            group: null,
            custodial: false,
            lastUpdate: 1_600_000_000,
            operation: 'none',
            partial: null,
          });
        }
      });
    }
  });
  const rate = changes / (changesMs / 1000);
  row('random inserts and deletes, committed', rate, '/s', null, { better: 'more', naiveRatio: rate / naive });
  const slowdown = async (name: string): Promise<void> => {
    using view = inventory.view({ name: 'after churn' });
    row(name, (await scanMs(view)) / before, 'times', null);
  };
  await slowdown('whole scan by blocks after them, against before');
  row('rows put in order again', await medianMs(1, () => inventory.putInOrder()), 'ms', null);
  await slowdown('whole scan by blocks after that, against before');
}

/** A target that was set for another size, in proportion; null where what does not grow would be most of it. */
function scaled(target: number, at: number, size: number): number | null {
  return size < 1_000_000 ? null : (target * size) / at;
}
