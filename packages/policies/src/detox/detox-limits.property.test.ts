import {
  type BlockReplicaView,
  bytesAtSites,
  type DeletionLimits,
  formatDiagnostic,
  Inventory,
  type InventoryRecord,
  memoryStore,
  type Version,
} from '@dynamo/core';
import { createManualClock } from '@dynamo/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../policy/check-policy.ts';
import type { CheckedPolicy } from '../policy/checked-policy.ts';
import { federation, NOW, policyText } from '../testing-fixtures/random-federation.ts';
import { detoxPlan } from './detox-plan.ts';
import { detoxPlanJson } from './detox-plan-json.ts';
import { planDetox } from './plan-detox.ts';

const volume = fc.record({ bytes: fc.nat(80), replicas: fc.nat(5) }, { requiredKeys: [] });
const limits = fc.record(
  {
    cycle: volume,
    site: fc.record(
      { bytes: fc.nat(60), replicas: fc.nat(4), fraction: fc.double({ min: 0, max: 1, noNaN: true }) },
      { requiredKeys: [] },
    ),
    day: fc.record({ bytes: fc.nat(90) }),
    closedSites: fc.constantFrom(new Map(), new Map([['S1', 'a test']])),
  },
  { requiredKeys: [] },
);
const run = fc.record({ federation, text: policyText, limits });

describe('planDetox within limits', () => {
  it('never plans more, whichever way it evaluates, and core carries all of it out', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ federation: { records }, text, limits }) => {
        const inventory = await inventoryOf(records, limits);
        using view = inventory.view();
        const options = { policy: read(text), now: NOW, limits };
        const result = planDetox(view, { ...options, evaluation: 'changed' });
        expect(detoxPlanJson(planDetox(view, { ...options, evaluation: 'full' }))).toBe(detoxPlanJson(result));

        const plan = { ...detoxPlan(result), notCommittable: [] };
        const gone = plan.steps.flatMap((step) => (step.kind === 'delete' ? [step] : []));
        const sizes = bytesAtSites(view.tables);
        const sizeAt = (site: string): number => sizes[view.tables.sites.find(site)] ?? 0;
        const sizeOf = ({ dataset, block, site }: (typeof gone)[number]): number =>
          view.dataset(dataset)?.block(block)?.replica(site)?.size ?? 0;
        const within = (steps: typeof gone, limit: { readonly bytes?: number; readonly replicas?: number }): void => {
          expect(sum(steps.map(sizeOf))).toBeLessThanOrEqual(limit.bytes ?? Number.POSITIVE_INFINITY);
          expect(steps.length).toBeLessThanOrEqual(limit.replicas ?? Number.POSITIVE_INFINITY);
        };
        within(gone, limits.cycle ?? {});
        within(gone, limits.day ?? {});
        for (const site of new Set(gone.map((step) => step.site))) {
          const there = gone.filter((step) => step.site === site);
          within(there, limits.site ?? {});
          if (limits.site?.fraction !== undefined) within(there, { bytes: limits.site.fraction * sizeAt(site) + 1e-6 });
          expect(limits.closedSites?.has(site) ?? false).toBe(false);
        }
        const { result: outcome } = await inventory.carryOut(plan, { application: 'detox', user: 'test' });
        expect(outcome.dropped.filter(({ why }) => /volume|suspicious/.test(why))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('core cuts a plan that was made without them, to what they allow', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ federation: { records }, text, limits }) => {
        const inventory = await inventoryOf(records, limits);
        using view = inventory.view();
        const plan = { ...detoxPlan(planDetox(view, { policy: read(text), now: NOW })), notCommittable: [] };
        const { result } = await inventory.carryOut(plan, { application: 'detox', user: 'test' });
        const done = result.done.filter(({ kind }) => kind === 'delete');
        expect(done.length).toBeLessThanOrEqual(limits.cycle?.replicas ?? Number.POSITIVE_INFINITY);
        for (const { step, why } of result.dropped)
          expect({ step, why }).toMatchObject({ why: expect.stringMatching(/./) });
      }),
      { numRuns: 100 },
    );
  });
});

describe('sequences of plans', () => {
  it('never delete the last copy of a block that was not invalidated, whatever the policies say', async () => {
    const sequence = fc.record({ federation, texts: fc.array(policyText, { minLength: 1, maxLength: 4 }), limits });
    await fc.assert(
      fc.asyncProperty(sequence, async ({ federation: { records }, texts, limits }) => {
        const inventory = await inventoryOf(records, limits);
        using before = inventory.view();
        for (const text of texts) {
          using view = inventory.view();
          const plan = { ...detoxPlan(planDetox(view, { policy: read(text), now: NOW })), notCommittable: [] };
          await inventory.carryOut(plan, { application: 'detox', user: 'test' });
        }
        using after = inventory.view();
        for (const dataset of before.datasets()) {
          if (dataset.status === 'invalid' || dataset.status === 'deleted') continue;
          for (const block of dataset.blocks()) {
            const stayed = after.dataset(dataset.name)?.block(block.name);
            if (counting(block.replicas()).length === 0) continue;
            expect(counting(stayed?.replicas() ?? []).length).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

function counting(replicas: Iterable<BlockReplicaView>): readonly BlockReplicaView[] {
  return [...replicas].filter(
    ({ isComplete, operation, site }) =>
      isComplete && operation !== 'delete' && site.status === 'ready' && site.toRecord().verified,
  );
}

async function inventoryOf(records: readonly InventoryRecord[], limits: DeletionLimits): Promise<Inventory> {
  const store = memoryStore();
  const head = { version: 1 as Version, counters: { nextFile: 9, nextOperation: 1, nextLock: 9, nextRequest: 1 } };
  await store.inventory.baseline(
    head,
    (async function* () {
      yield records;
    })(),
  );
  const clock = createManualClock({ startSeconds: NOW });
  return Inventory.open(store.inventory, { clock, deletionLimits: () => limits });
}

function read(text: string): CheckedPolicy {
  const outcome = readPolicy(text, { file: 'policy', nowSeconds: NOW });
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map((each) => formatDiagnostic(each, text)).join('\n'));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
