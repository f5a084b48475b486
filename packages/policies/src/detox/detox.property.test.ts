import { formatDiagnostic, Inventory, memoryStore, type Version } from '@dynamo/core';
import { createManualClock } from '@dynamo/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../policy/check-policy.ts';
import type { CheckedPolicy } from '../policy/checked-policy.ts';
import { federation, NOW, policyText } from '../testing-fixtures/random-federation.ts';
import { referenceDetox } from '../testing-fixtures/reference-detox.ts';
import { viewOf } from '../testing-fixtures/view-of.ts';
import { detoxPlan } from './detox-plan.ts';
import { detoxPlanJson } from './detox-plan-json.ts';
import type { DetoxResult } from './detox-result.ts';
import { listDecisions } from './list-decisions.ts';
import { listHandOvers } from './list-hand-overs.ts';
import { planDetox } from './plan-detox.ts';

const run = fc.record({
  federation,
  text: policyText,
  guard: fc.constantFrom('on' as const, 'off' as const),
  deletionPerIteration: fc.constantFrom(0.01, 0.1, 0.5),
});

describe('planDetox', () => {
  it('decides what the page on the policy language says, evaluating only what changed', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ federation: { records, stays }, text, guard, deletionPerIteration }) => {
        const policy = read(text);
        const view = await viewOf(records);
        const options = { policy, now: NOW, guard, deletionPerIteration };
        const expected = referenceDetox(view, { ...options, stays });
        for (const evaluation of ['full', 'changed'] as const) {
          const result = planDetox(view, { ...options, evaluation });
          expect({
            decisions: decisions(result),
            iterations: result.iterations,
            handedOver: handOvers(result),
            deleted: deletions(result).toSorted(),
          }).toEqual({
            decisions: new Map([...expected.decisions].sort()),
            iterations: expected.iterations,
            handedOver: new Map([...expected.handedOver].sort()),
            deleted: expected.deleted.toSorted(),
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same bytes for the same inputs', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ federation: { records }, text, guard }) => {
        const print = async (evaluation: 'full' | 'changed'): Promise<string> =>
          detoxPlanJson(planDetox(await viewOf(records), { policy: read(text), now: NOW, guard, evaluation }));
        const once = await print('changed');
        expect(await print('changed')).toBe(once);
        expect(await print('full')).toBe(once);
      }),
      { numRuns: 50 },
    );
  });

  it('stops as soon as Until holds', async () => {
    await fc.assert(
      fc.asyncProperty(run, fc.constantFrom(0.3, 0.6), async ({ federation: { records }, text, guard }, mark) => {
        const withoutDelete = text
          .replaceAll(/^Delete/gm, 'Dismiss')
          .replace(/^Until .*/m, `Until site.occupancy < ${mark}`);
        const result = planDetox(await viewOf(records), { policy: read(withoutDelete), now: NOW, guard });
        fc.pre(result.run.handedOver.size === 0);
        for (const site of result.sites) {
          const last = lastDeletedAt(result, site.site);
          if (last === 0 || site.quota === null || site.quota <= 0) continue;
          expect(site.triggered).toBe(true);
          expect((site.after + last) / site.quota).toBeGreaterThanOrEqual(mark);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('makes plans that core carries out as they are, guard and all', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ federation: { records }, text, deletionPerIteration }) => {
        const store = memoryStore();
        const head = {
          version: 1 as Version,
          counters: { nextFile: 9, nextOperation: 1, nextLock: 9, nextRequest: 1 },
        };
        await store.inventory.baseline(
          head,
          (async function* () {
            yield records;
          })(),
        );
        const inventory = await Inventory.open(store.inventory, { clock: createManualClock({ startSeconds: NOW }) });
        using view = inventory.view();
        const result = planDetox(view, { policy: read(text), now: NOW, deletionPerIteration });
        const plan = { ...detoxPlan(result), notCommittable: [] };
        const { result: outcome } = await inventory.carryOut(plan, { application: 'detox', user: 'test' });
        // A replica that is being copied to is dismissed like any other, and carrying out waits for the copy.
        expect(outcome.dropped.filter(({ why }) => !/a copy to it is open|last-source/.test(why))).toEqual([]);
        if (outcome.dropped.length > 0) return;
        using after = inventory.view();
        for (const site of result.sites) expect(after.site(site.site)?.usage('P').physical).toBe(site.after);
      }),
      { numRuns: 200 },
    );
  });
});

/** Bytes of the dataset replica that was deleted last at the site. */
function lastDeletedAt(result: DetoxResult, site: string): number {
  const { image, deleted } = result.run;
  const { copyRow, tables } = image.arrays;
  const at = [...deleted].filter(
    (copy) => tables.sites.get(tables.blockReplicas.site.get(copyRow[copy] as number))?.name === site,
  );
  const datasetOf = (copy: number): number =>
    tables.blocks.dataset.get(tables.blockReplicas.block.get(copyRow[copy] as number));
  let bytes = 0;
  for (let copy = at.pop(), last = copy; copy !== undefined && last !== undefined; copy = at.pop()) {
    if (datasetOf(copy) !== datasetOf(last)) break;
    bytes += image.copyBytes(copy);
    last = copy;
  }
  return bytes;
}

function read(text: string): CheckedPolicy {
  const outcome = readPolicy(text, { nowSeconds: NOW });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((each) => formatDiagnostic(each, text)).join('\n'));
  return outcome.value;
}

function decisions(result: DetoxResult): Map<string, string> {
  const found = [...listDecisions(result)].flatMap((each) =>
    each
      .blocks()
      .map((block): [string, string] => [
        `${each.dataset} ${block} ${each.site}`,
        `${each.decision} ${'rule' in each.by ? each.by.rule : each.by.line}`,
      ]),
  );
  return new Map(found.sort());
}

function handOvers(result: DetoxResult): Map<string, string> {
  const { image, view } = result.run;
  const { blockRow, copyBlock } = image.arrays;
  const found = listHandOvers(result).flatMap(({ dataset, site, to, copies }) =>
    copies.map((copy): [string, string] => {
      const block = view.tables.blocks.name(blockRow[copyBlock[copy] as number] as number);
      return [`${dataset} ${block} ${site}`, to];
    }),
  );
  return new Map(found.sort());
}

function deletions(result: DetoxResult): string[] {
  return detoxPlan(result).steps.flatMap(({ kind, dataset, block, site }) =>
    kind === 'delete' ? [`${dataset} ${block} ${site}`] : [],
  );
}
