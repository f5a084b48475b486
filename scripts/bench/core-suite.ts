/** The inventory: memory, loading, views, scans, look-ups, commits while readers work. */
import {
  type BlockReplicaKey,
  createRandomSource,
  differs,
  equals,
  Inventory,
  type InventoryRecord,
  type InventoryStore,
  type InventoryView,
  memoryStore,
  NO_ROW,
  REPLICA_FLAG,
  readDump,
  rowsWhere,
  select,
  sortRows,
  sumBy,
  writeDump,
} from '@dynamo/core';
import type { BenchOptions, BenchRow, BenchSuite } from './bench-row.ts';
import { medianMs, residentMB } from './bench-row.ts';
import { besideReaders, p99, sampleKeys, touch } from './beside-readers.ts';
import { measureChurn, measureRepartition, measureWarmStart, type Row } from './core-maintenance.ts';
import { measureNaive } from './measure-naive.ts';
import { syntheticInventory } from './synthetic-inventory.ts';

const NAIVE_SIZE = 1_000_000;
const DUMP_SIZE = 1_000_000;
const MOST_CHURN = 10_000_000;

export const coreSuite: BenchSuite = { name: 'core', run };

async function run({ size, quick }: BenchOptions, report: (row: BenchRow) => void): Promise<void> {
  const runs = quick ? 1 : 5;
  const row = (
    name: string,
    value: number,
    unit: string,
    target: number | null,
    more: Partial<Pick<BenchRow, 'better' | 'naiveRatio' | 'note'>> = {},
  ): void => report({ suite: 'core', name, value, unit, target, better: 'less', naiveRatio: null, note: '', ...more });

  const naive = measureNaive(Math.min(size, NAIVE_SIZE), runs);
  const beforeMB = residentMB();
  const began = performance.now();
  const inventory = await openInventory(size);
  const loadMs = performance.now() - began;
  const residentAfter = residentMB();
  const view = inventory.view({ name: 'bench' });
  const { blockReplicas, blocks, sites } = view.tables;
  const perReplica = ((residentAfter - beforeMB) * 1e6) / size;
  const at10M = size === 10_000_000;
  row('memory, all of it', residentAfter, 'MB', at10M ? 800 : null, { note: 'resident set of the process' });
  row('memory per block replica, blocks and datasets included', perReplica, 'B', 50, {
    naiveRatio: naive.bytes / perReplica,
  });
  row('build from records', loadMs / (size / 1e6), 'ms/M', null, {
    naiveRatio: naive.buildMsPerM / (loadMs / (size / 1e6)),
  });

  const viewMs = await medianMs(runs, () => {
    for (let i = 0; i < 1000; i++) inventory.view().close();
  });
  row('take a view', viewMs / 1000, 'ms', 0.1, {
    naiveRatio: naive.snapshotMs / (viewMs / 1000),
    note: 'naive: a copy',
  });

  const owner = view.tables.groups.find('AnalysisOps');
  const live = differs(blockReplicas.block, NO_ROW);
  const occupancyMs = await medianMs(runs, () =>
    sumBy(
      select(blockReplicas.rows, [live, equals(blockReplicas.group, owner)]),
      sites.rows,
      (r) => blockReplicas.site.get(r),
      (r) => blockReplicas.size(r),
    ),
  );
  row('occupancy of all sites, counted anew', occupancyMs, 'ms', at10M ? 660 : null, {
    naiveRatio: (naive.occupancyMs * size) / naive.size / occupancyMs,
    note: 'kept up to date otherwise: reading it is free',
  });
  const copies = blocks.completeCopies;
  const predicateMs = await medianMs(
    runs,
    () =>
      select(blockReplicas.rows, [
        live,
        equals(blockReplicas.group, owner),
        rowsWhere((r) => copies.get(blockReplicas.block.get(r)) > 2),
      ]).size,
  );
  row('predicate over all replicas', predicateMs, 'ms', at10M ? 480 : null, {
    naiveRatio: (naive.predicateMs * size) / naive.size / predicateMs,
  });

  const pleasantMs = await medianMs(runs, () => {
    let bytes = 0;
    for (const dataset of view.datasets()) {
      for (const block of dataset.blocks())
        for (const replica of block.replicas()) if (replica.isComplete) bytes += replica.size;
    }
    return bytes;
  });
  const chainMs = await scanByBlocksMs(view, runs);
  row('view objects against row numbers, whole scan', pleasantMs / chainMs, 'times', 3);

  const random = createRandomSource('bench');
  const names = sampleKeys(view.datasets(), 1000);
  const lookupMs = await medianMs(runs, () => {
    let found = 0;
    for (let i = 0; i < 100_000; i++) {
      const { dataset, block, site } = names[random.nextInt(names.length)] as BlockReplicaKey;
      if (view.dataset(dataset)?.block(block)?.replica(site) !== undefined) found += 1;
    }
    return found;
  });
  row('look-up of a replica by three names', lookupMs / 100, 'us', null, {
    naiveRatio: naive.lookupUs / (lookupMs / 100),
  });
  const ids = Uint32Array.from({ length: Math.min(1_000_000, blocks.rows) }, (_, i) => i);
  const sortMs = await medianMs(runs, () =>
    sortRows(ids, [
      { value: (r) => blocks.size.get(r), order: 'decreasing' },
      { value: (r) => blocks.lastUpdate.get(r) },
    ]),
  );
  row(`sort ${ids.length} rows by two keys`, sortMs, 'ms', ids.length === 1_000_000 ? 600 : null, {
    naiveRatio: perSorted(naive.sortMs, naive.sorted) / perSorted(sortMs, ids.length),
  });
  view.close();

  const naiveStartMs = (naive.buildMsPerM * size) / 1e6;
  await measureWarmStart(inventory, { store: storeOf(size), naiveMs: naiveStartMs, size, runs }, row);
  const naiveMs = naive.update10kMs;
  const commits = quick ? 3 : COMMITS;
  await measureCommit(inventory, { count: quick ? 1000 : 10_000, commits, naiveMs, target: at10M ? 60 : null }, row);
  await measureCommit(inventory, { count: quick ? 2000 : 100_000, commits, naiveMs, target: null }, row);
  await measureDump(Math.min(size, DUMP_SIZE), runs, row);
  await measureRepartition(inventory, { naiveMs: (naive.repartitionMs * size) / naive.size, size, runs }, row);
  const scanMs = (after: InventoryView): Promise<number> => scanByBlocksMs(after, runs);
  const changes = Math.min(size, MOST_CHURN);
  await measureChurn(inventory, { changes, naive: naive.churnPerSecond, scanMs, before: chainMs }, row);
}

/** What a sort of so many costs for one, by the growth that sorting has. */
function perSorted(ms: number, count: number): number {
  return ms / (count * Math.log2(count));
}

/** Commits of `count` changes in memory one after the other, with readers asking all the time. */
async function measureCommit(
  inventory: Inventory,
  {
    count,
    commits,
    naiveMs,
    target,
  }: {
    readonly count: number;
    readonly commits: number;
    readonly naiveMs: number;
    readonly target: number | null;
  },
  row: Row,
): Promise<void> {
  const keys = sampleKeysOf(inventory, count);
  const runs: { readonly ms: number; readonly blockMs: number }[] = [];
  const waits: number[] = [];
  for (let run = -WARM_UP; run < commits; run++) {
    const { ms, blockMs, waitsMs } = await besideReaders(inventory, keys, () => touch(inventory, keys));
    if (run >= 0) {
      runs.push({ ms, blockMs });
      waits.push(...waitsMs);
    }
    // What goes on beside commits ends in between, as it does in a server.
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const median = (figures: number[]): number => figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
  const ms = median(runs.map((run) => run.ms));
  row(`commit of ${count} changes, readers beside it`, ms, 'ms', target, {
    naiveRatio: (naiveMs * count) / 10_000 / ms,
    note: 'naive: written in place, nothing checked or remembered, readers see halves',
  });
  const blocks = median(runs.map(({ blockMs }) => blockMs));
  row(`longest block of the event loop in it`, blocks, 'ms', count > 10_000 ? 50 : 10);
  row(`a reader's point query meanwhile, p99`, p99(waits), 'ms', 5);
}

/** The view is closed before anything is measured: it would keep an old version meanwhile. */
function sampleKeysOf(inventory: Inventory, count: number): readonly BlockReplicaKey[] {
  using view = inventory.view();
  return sampleKeys(view.datasets(), count);
}

const WARM_UP = 2;
/** So many that one pause of the collector more or less does not decide the percentiles. */
const COMMITS = 25;
const PAUSE_MS = 300;

/** Bytes of complete replicas, by row numbers: the same as the scan with view objects. */
function scanByBlocksMs(view: InventoryView, runs: number): Promise<number> {
  const { blockReplicas, blocks, datasets } = view.tables;
  return medianMs(runs, () => {
    let bytes = 0;
    for (let d = 0; d < datasets.rows; d++) {
      if (!datasets.isLive(d)) continue;
      for (let b = datasets.firstBlock.get(d); b !== NO_ROW; b = blocks.nextOfDataset.get(b)) {
        for (let r = blocks.firstReplica.get(b); r !== NO_ROW; r = blockReplicas.nextOfBlock.get(r)) {
          if ((blockReplicas.flags.get(r) & REPLICA_FLAG.partial) === 0) bytes += blockReplicas.size(r);
        }
      }
    }
    return bytes;
  });
}

async function measureDump(size: number, runs: number, row: Row): Promise<void> {
  const chunks: Uint8Array[] = [];
  {
    const inventory = await openInventory(size);
    using view = inventory.view();
    for await (const chunk of writeDump(view, { files: null, operations: [] })) chunks.push(chunk);
  }
  let lines = 0;
  const ms = await medianMs(runs, async () => {
    const { records, lines: count } = await readDump(async function* () {
      yield* chunks;
    });
    lines = count;
    for await (const _batch of records) void _batch;
  });
  const naiveMs = await medianMs(1, () => {
    let last = '';
    for (const chunk of chunks) {
      const texts = (last + Buffer.from(chunk).toString()).split('\n');
      last = texts.pop() ?? '';
      for (const text of texts) JSON.parse(text);
    }
  });
  row('reading a dump', (lines / ms) * 1000, 'lines/s', 500_000, {
    better: 'more',
    naiveRatio: naiveMs / ms,
    note: 'naive: JSON.parse alone, nothing checked',
  });
}

function openInventory(size: number): Promise<Inventory> {
  return Inventory.open(storeOf(size));
}

/** Holds what was generated, and forgets what is committed. */
function storeOf(size: number): InventoryStore {
  const records = async function* (): AsyncGenerator<readonly InventoryRecord[]> {
    yield* syntheticInventory({ seed: 'bench', blockReplicas: size });
  };
  const head = { version: 1, counters: { nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 1 } } as never;
  const sink = memoryStore().inventory;
  let version = 1;
  return {
    ...sink,
    load: async () => ({ head, commit: 'bench', records: records() }),
    commit: async () => {
      version += 1;
      return { version: version as never, cycle: null };
    },
  };
}
