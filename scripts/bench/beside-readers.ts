/** Work of a writer with a reader beside it that asks all the time, and what that one waits. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type BlockReplicaKey, createRandomSource, type DatasetView, type Inventory, TimeSlice } from '@dynamo/core';
import { BENCH_AUTHOR } from './bench-row.ts';

export interface BesideReaders {
  readonly ms: number;
  /** The longest time for which the event loop did not turn, in ms. */
  readonly blockMs: number;
  /** How long each of the reader's questions took, in ms. */
  readonly waitsMs: readonly number[];
}

/** The reader asks `inventory` for one of `keys` after the other. */
export async function besideReaders(
  inventory: Inventory,
  keys: readonly BlockReplicaKey[],
  work: () => Promise<unknown>,
): Promise<BesideReaders> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const waitsMs: number[] = [];
  let reading = true;
  const reader = (async () => {
    while (reading) {
      const asked = performance.now();
      await new Promise((resolve) => setImmediate(resolve));
      const key = keys[waitsMs.length % keys.length] as BlockReplicaKey;
      using view = inventory.view();
      view.dataset(key.dataset)?.block(key.block)?.replica(key.site)?.toRecord();
      waitsMs.push(performance.now() - asked);
    }
  })();
  delay.enable();
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  delay.disable();
  reading = false;
  await reader;
  return { ms, blockMs: delay.max / 1e6, waitsMs };
}

/** One commit that changes each of them. */
export async function touch(inventory: Inventory, keys: readonly BlockReplicaKey[]): Promise<void> {
  await inventory.update(BENCH_AUTHOR, async (draft) => {
    const slice = new TimeSlice();
    let step = 0;
    for (const record of draft.blockReplicaRecords(keys)) {
      if (slice.isOverAt(step++)) await slice.next();
      if (record !== null) draft.put('blockReplica', { ...record, lastUpdate: record.lastUpdate + 1 });
    }
  });
}

export function p99(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length * 0.99)] ?? 0;
}

/** Any, one as likely as the other; some may come twice. */
export function sampleKeys(datasets: Iterable<DatasetView>, count: number): BlockReplicaKey[] {
  const keys: BlockReplicaKey[] = [];
  const all = [...datasets];
  const random = createRandomSource('keys');
  const one = <T>(items: Iterable<T>): T | undefined => {
    const list = [...items];
    return list.length === 0 ? undefined : list[random.nextInt(list.length)];
  };
  while (keys.length < count) {
    const dataset = all[random.nextInt(all.length)] as DatasetView;
    const block = one(dataset.blocks());
    const replica = block === undefined ? undefined : one(block.replicas());
    if (block === undefined || replica === undefined) continue;
    keys.push({ dataset: dataset.name, block: block.name, site: replica.site.name });
  }
  return keys;
}
