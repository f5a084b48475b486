/** Commits of very many changes through a store, and what readers wait beside them. */
import assert from 'node:assert/strict';
import { Inventory, type InventoryView, type Plan, type PlanStep, type Store, type Version } from '@dynamo/core';
import { BENCH_AUTHOR, type BenchRow } from './bench-row.ts';
import { besideReaders, p99, sampleKeys, touch } from './beside-readers.ts';
import { figure } from './store-figure.ts';

const LONGEST_BLOCK_MS = 50;
const P99_MS = 5;
const PAUSE_MS = 500;

/** Commits of `count` changes and more; `isServed`: a server uses such a store, so that readers may not wait for long. */
export async function measureVolume(
  name: string,
  store: Store,
  { count, isServed }: { readonly count: number; readonly isServed: boolean },
  report: (row: BenchRow) => void,
): Promise<void> {
  const leader = await Inventory.open(store.inventory);
  const follower = await Inventory.open(store.inventory);
  const row = (what: string, value: number, target: number | null): void =>
    report(figure(`${name}: ${what}`, value, 'ms', target));
  const keys = readOnce(leader, (view) => sampleKeys(view.datasets(), count));
  const measure = async (what: string, reads: Inventory, work: () => Promise<unknown>): Promise<void> => {
    // What goes on beside commits ends in between, as it does in a server.
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const { ms, blockMs, waitsMs } = await besideReaders(reads, keys, work);
    row(what, ms, null);
    row(`${what}: longest block`, blockMs, isServed ? LONGEST_BLOCK_MS : null);
    row(`${what}: p99 of a reader`, p99(waitsMs), isServed ? P99_MS : null);
  };
  await measure(`change ${count} block replicas`, leader, () => touch(leader, keys));
  await measure('follow that', follower, () => follower.catchUp());
  const plan = readOnce(leader, (view) => planOf(view, count));
  await measure(`order ${plan.steps.length} deletions`, leader, async () => {
    const { result } = await leader.carryOut(plan, BENCH_AUTHOR);
    assert.equal(result.done.length, plan.steps.length);
  });
  await measure('go back before that', leader, async () => {
    const view = await leader.viewAt((leader.version - 1) as Version);
    view.close();
  });
}

function readOnce<T>(inventory: Inventory, read: (view: InventoryView) => T): T {
  using view = inventory.view();
  return read(view);
}

/** Deletes one replica of every block that has others, up to `most`. */
function planOf(view: InventoryView, most: number): Plan {
  const steps: PlanStep[] = [];
  const reason = { source: 'detox', text: 'there are others', reference: '1' } as const;
  for (const dataset of view.datasets()) {
    for (const block of dataset.blocks()) {
      if (block.completeCopies < 2 || steps.length === most) continue;
      const replica = [...block.replicas()].find(
        ({ isComplete, isCustodial, operation }) => isComplete && !isCustodial && operation === 'none',
      );
      if (replica === undefined) continue;
      const { site, group, lastUpdate } = replica.toRecord();
      const facts = { group, lastUpdate, files: replica.files };
      const copiesLeft = block.completeCopies - 1;
      steps.push({ kind: 'delete', dataset: dataset.name, block: block.name, site, facts, copiesLeft, reason });
    }
  }
  const rest = { planner: 'detox', title: 'bench', now: 1, requests: [], notCommittable: [], document: '{}' };
  return { version: view.version, steps, ...rest };
}
