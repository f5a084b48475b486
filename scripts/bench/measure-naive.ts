/**
 * The naive implementation in a process of its own, so that neither has the other's memory and collections:
 * measure-naive.ts SIZE RUNS prints its figures as JSON.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createRandomSource } from '@dynamo/core';
import { medianMs, residentMB } from './bench-row.ts';
import { type NaiveBlock, NaiveInventory, type NaiveReplica, type NaiveSite } from './naive-inventory.ts';
import { syntheticInventory } from './synthetic-inventory.ts';

export interface NaiveFigures {
  readonly size: number;
  /** Per replica, what it joins included. */
  readonly bytes: number;
  readonly buildMsPerM: number;
  readonly occupancyMs: number;
  readonly predicateMs: number;
  readonly snapshotMs: number;
  readonly repartitionMs: number;
  readonly lookupUs: number;
  /** Of `sorted` blocks, by two keys. */
  readonly sortMs: number;
  readonly sorted: number;
  /** In place, with no version for readers to keep. */
  readonly update10kMs: number;
  readonly churnPerSecond: number;
}

export function measureNaive(size: number, runs: number): NaiveFigures {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), String(size), String(runs)];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output) as NaiveFigures;
}

const LOOKUPS = 100_000;
const UPDATES = 10_000;

async function measure(size: number, runs: number): Promise<NaiveFigures> {
  const before = residentMB();
  const naive = new NaiveInventory();
  const began = performance.now();
  for (const batch of syntheticInventory({ seed: 'bench', blockReplicas: size }))
    for (const record of batch) naive.add(record);
  const buildMsPerM = (performance.now() - began) / (size / 1e6);
  const bytes = ((residentMB() - before) * 1e6) / size;
  const blocks = blocksOf(naive);
  const random = createRandomSource('naive');
  const replicas = Array.from({ length: UPDATES }, () => randomReplica(blocks, random.nextInt));
  const keys = replicas.map(({ block, site }) => ({ dataset: block.dataset, block: block.name, site: site.name }));
  const occupancyMs = await medianMs(runs, () => naive.occupancy('AnalysisOps'));
  const predicateMs = await medianMs(runs, () => naive.predicate('AnalysisOps'));
  const snapshotMs = await medianMs(1, () => naive.snapshot().length);
  const repartitionMs = await medianMs(runs, () => naive.repartition());
  const lookupMs = await medianMs(runs, () => {
    let found = 0;
    for (let i = 0; i < LOOKUPS; i++) {
      const { dataset, block, site } = keys[random.nextInt(1000)] as (typeof keys)[number];
      if (naive.find(dataset, block, site) !== undefined) found += 1;
    }
    return found;
  });
  const sorted = Math.min(1_000_000, blocks.length);
  const sortMs = await medianMs(runs, () =>
    blocks.slice(0, sorted).sort((a, b) => b.size - a.size || a.lastUpdate - b.lastUpdate),
  );
  const update10kMs = await medianMs(runs, () => {
    for (const { dataset, block, site } of keys) {
      const replica = naive.find(dataset, block, site);
      if (replica !== undefined) replica.lastUpdate += 1;
    }
  });
  const churnMs = await medianMs(1, () => churn(naive, blocks, size));
  return {
    ...{ size, bytes, buildMsPerM, occupancyMs, predicateMs, snapshotMs, repartitionMs },
    ...{ lookupUs: (lookupMs * 1000) / LOOKUPS, sortMs, sorted, update10kMs },
    churnPerSecond: size / (churnMs / 1000),
  };
}

function churn(naive: NaiveInventory, blocks: readonly NaiveBlock[], changes: number): void {
  const random = createRandomSource('churn');
  const sites: readonly NaiveSite[] = [...naive.sites.values()];
  for (let done = 0; done < changes; done += 2) {
    const victim = randomReplica(blocks, random.nextInt);
    naive.remove(victim);
    const block = blocks[random.nextInt(blocks.length)] as NaiveBlock;
    const site = sites[random.nextInt(sites.length)] as NaiveSite;
    if (!block.replicas.has(site.name)) naive.insert(block, site);
  }
}

function randomReplica(blocks: readonly NaiveBlock[], nextInt: (bound: number) => number): NaiveReplica {
  for (;;) {
    const replicas = [...(blocks[nextInt(blocks.length)]?.replicas.values() ?? [])];
    const replica = replicas[nextInt(Math.max(1, replicas.length))];
    if (replica !== undefined) return replica;
  }
}

function blocksOf(naive: NaiveInventory): readonly NaiveBlock[] {
  return [...naive.datasets.values()].flatMap(({ blocks }) => [...blocks.values()]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [size = Number.NaN, runs = Number.NaN] = process.argv.slice(2).map(Number);
  process.stdout.write(JSON.stringify(await measure(size, runs)));
}
