import { type InventoryRecord, memoryStore, type Version } from '@dynamo/core';
import { GENERATOR_NOW, generateInventory } from '@dynamo/core/testing';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DEALER_CONFIGURATION } from '../dealer/dealer-configuration.ts';
import { readPolicy } from '../policy/check-policy.ts';
import type { CheckedPolicy } from '../policy/checked-policy.ts';
import { type SimulationOptions, simulate } from './simulate.ts';
import type { SimulationReport } from './simulation-report.ts';

const POLICY = `Partition Physics
On site.storage_type == DISK
When site.occupancy > 0.9
Until site.occupancy < 0.8
Protect dataset.num_full_disk_copy < 2
Dismiss
Order decreasing dataset.usage_rank
`;

function policyAt(nowSeconds: number): CheckedPolicy {
  const outcome = readPolicy(POLICY, { file: 'policy', nowSeconds });
  if (outcome.ok) return outcome.value;
  throw new Error('the policy is wrong');
}

async function run(options: Partial<SimulationOptions> = {}): Promise<SimulationReport> {
  await using store = memoryStore();
  await store.inventory.baseline(
    { version: 1 as Version, counters: { nextFile: 1, nextOperation: 1, nextLock: 1000, nextRequest: 1 } },
    (async function* (): AsyncGenerator<readonly InventoryRecord[]> {
      yield* generateInventory({ seed: 'simulation', blockReplicas: 3000, sites: 20 });
    })(),
  );
  return await simulate(store, {
    ...{ policies: [policyAt], dealer: DEFAULT_DEALER_CONFIGURATION, start: GENERATOR_NOW, days: 12, seed: 1 },
    ...{ growth: 0.01, requestsPerDay: 3, halfLifeDays: 20, peakRequests: 60, freshDays: 30, thrashDays: 30 },
    ...options,
  });
}

describe('simulate', () => {
  it('lives through days: data come, are copied and deleted, and nothing fresh is deleted again', async () => {
    const { days, totals, unmet } = await run();
    expect(days.map(({ day }) => day)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(days.map(({ now }) => now - GENERATOR_NOW)).toEqual(days.map(({ day }) => day * 86_400));
    expect(totals.injected).toBeGreaterThan(0);
    expect(totals.copied).toBeGreaterThan(0);
    expect(totals.deleted).toBeGreaterThan(0);
    expect(totals.thrashed).toBe(0);
    expect(totals.requests).toBe(36);
    expect(totals.unmet).toBe(unmet.reduce((sum, { requests }) => sum + requests, 0));
    for (const { occupancy } of days) expect(Object.keys(occupancy.Physics ?? {}).length).toBeGreaterThan(5);
  });

  it('gives the same report for the same seed, and another one for another', async () => {
    const once = await run({ days: 4 });
    expect(await run({ days: 4 })).toEqual(once);
    expect(await run({ days: 4, seed: 2 })).not.toEqual(once);
  });

  it('ends when it is aborted', async () => {
    await expect(run({ signal: AbortSignal.abort() })).rejects.toThrow(/the simulation was aborted/);
  });
});
