import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AttributeColumn, formatDiagnostic, type InventoryView } from '@dynamo/core';
import { generateInventory } from '@dynamo/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { detoxPlanJson } from '../detox/detox-plan-json.ts';
import { planDetox } from '../detox/plan-detox.ts';
import { NOON, small } from '../testing-fixtures/small-federation.ts';
import { viewOf } from '../testing-fixtures/view-of.ts';
import { readPolicy } from './check-policy.ts';
import type { CheckedPolicy } from './checked-policy.ts';

const HEAD = 'Partition P\nOn site.name == *\nWhen always\nUntil never\n';

function read(text: string, nowSeconds = NOON): CheckedPolicy {
  const outcome = readPolicy(text, { file: 'policy', nowSeconds });
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map((each) => formatDiagnostic(each, text)).join('\n'));
}

function decided(view: InventoryView, text: string, now = NOON): Record<string, string> {
  const plan = JSON.parse(detoxPlanJson(planDetox(view, { policy: read(text, now), now, guard: 'off' }))) as {
    readonly decisions: readonly { readonly dataset: string; readonly decision: string; readonly line: number }[];
  };
  return Object.fromEntries(plan.decisions.map(({ dataset, decision, line }) => [dataset, `${decision} ${line}`]));
}

describe('hostile input', () => {
  it('a policy of ten thousand lines is read and decides', async () => {
    const lines = Array.from({ length: 9999 }, (_, i) => `Protect dataset.name == /D${i}/x/AOD`);
    using view = await viewOf(
      small({ sites: { S1: {} }, data: { '/D9998/x/AOD': { b: 'S1' }, '/D/x/AOD': { c: 'S1' } } }),
    );
    const text = `${HEAD}${lines.join('\n')}\nDismiss\nOrder none\n`;
    expect(decided(view, text)).toEqual({ '/D/x/AOD': 'delete 0', '/D9998/x/AOD': `protect ${4 + 9999}` });
  });

  it('names with every punctuation are names', async () => {
    // Not @, which the fixture writes between a dataset and a site.
    const punctuation = '!"#$%&\'()+,-.:;<=>\\^_`{|}~';
    const names = [...punctuation].map((mark) => `/a${mark}b/x${mark}/AOD`).filter((name) => !/[\s#]/.test(name));
    using view = await viewOf(
      small({ sites: { S1: {} }, data: Object.fromEntries(names.map((name, i) => [name, { [`b${i}`]: 'S1' }])) }),
    );
    const all = decided(view, `${HEAD}Protect dataset.name == /a?b/x?/AOD\nDismiss\nOrder none\n`);
    expect(Object.keys(all).sort()).toEqual([...names].sort());
    expect(new Set(Object.values(all))).toEqual(new Set(['protect 5']));
  });

  it('a catastrophic pattern costs no more than its length times that of the name', async () => {
    const name = `/${'a'.repeat(400)}/x/AOD`;
    using view = await viewOf(small({ sites: { S1: {} }, data: { [name]: { b: 'S1' } } }));
    const glob = `/${'a*'.repeat(100)}b/x/AOD`;
    expect(decided(view, `${HEAD}Protect dataset.name == ${glob}\nDismiss\nOrder none\n`)).toEqual({
      [name]: 'delete 0',
    });
  });

  it.each([0, 1, Date.UTC(2100, 0, 1) / 1000, 2 ** 32 - 1])('a clock at %d decides as any other', async (now) => {
    using view = await viewOf(small({ sites: { S1: {} }, data: { '/A/x/AOD': { b: 'S1' } } }));
    const text = `${HEAD}Protect dataset.last_update newer_than 1 day ago\nDismiss\nOrder decreasing replica.size\n`;
    expect(Object.keys(decided(view, text, now))).toEqual(['/A/x/AOD']);
  });

  it('values that are no numbers never come to an order: whoever supplies them is stopped before', async () => {
    using view = await viewOf(small({ sites: { S1: {} }, data: { '/A/x/AOD': { b: 'S1' }, '/B/x/AOD': { c: 'S1' } } }));
    const attributes = new Map<string, AttributeColumn>([['dataset.usage_rank', new Map([['/A/x/AOD', 1e308]])]]);
    const policy = read(`${HEAD}Protect dataset.usage_rank > 1e307\nDismiss\nOrder decreasing dataset.usage_rank\n`);
    const plan = JSON.parse(detoxPlanJson(planDetox(view, { policy, now: NOON, guard: 'off', attributes }))) as {
      readonly decisions: readonly { readonly decision: string }[];
    };
    expect(plan.decisions.map(({ decision }) => decision)).toEqual(['protect', 'delete']);
  });
});

const folder = join(import.meta.dirname, '../../../../../shared/cms-policies');
describeWith(
  { name: 'the policies of CMS', files: ['../shared/cms-policies/Physics.txt'] },
  'every policy of CMS',
  () => {
    let view: InventoryView;
    beforeAll(async () => {
      view = await viewOf([...generateInventory({ seed: 'cms', blockReplicas: 20_000 })].flat());
    }, 60_000);

    it('runs on a generated inventory, the same whichever way it is evaluated', () => {
      const names = readdirSync(folder).filter((name) => name.endsWith('.txt') && name !== 'partitions.txt');
      expect(names.length).toBeGreaterThan(5);
      for (const name of names) {
        const text = readFileSync(join(folder, name), 'utf8');
        const now = Date.UTC(2018, 5, 7) / 1000;
        const policy = read(text, now);
        if (view.partition(policy.partition) === undefined) continue;
        const changed = detoxPlanJson(planDetox(view, { policy, now }));
        expect([name, detoxPlanJson(planDetox(view, { policy, now, evaluation: 'full' })) === changed]).toEqual([
          name,
          true,
        ]);
        expect(JSON.parse(changed)).toMatchObject({ partition: policy.partition });
      }
    });
  },
);
