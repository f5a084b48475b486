import { replicaVariables, siteVariables } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import type { DetoxResult } from '../detox/detox-result.ts';
import { listDecisions } from '../detox/list-decisions.ts';
import { planDetox } from '../detox/plan-detox.ts';
import { findPolicyWarnings } from '../policy/find-policy-warnings.ts';
import { NOON, small } from '../testing-fixtures/small-federation.ts';
import { viewOf } from '../testing-fixtures/view-of.ts';
import { definePolicy } from './define-policy.ts';
import type { LineDefinition, PolicyModule } from './policy-definition.ts';
import {
  BLOCK_REPLICA_KINDS,
  DATASET_KINDS,
  REPLICA_KINDS,
  SITE_IN_PARTITION_KINDS,
  SITE_KINDS,
  variableName,
} from './variable-kinds.ts';
import { policyWords } from './words.ts';

const NOW = NOON;

function policyWith(lines: (words: Parameters<PolicyModule>[0]) => readonly LineDefinition[]): PolicyModule {
  return (words) => ({
    ...{ partition: 'P', on: [words.always], when: [words.always], until: [words.never] },
    ...{ lines: lines(words), otherwise: 'dismiss', order: [] },
  });
}

function faultsOf(module: unknown): string[] {
  try {
    definePolicy(module as PolicyModule, { nowSeconds: NOW, file: 'p.ts' });
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

describe('the words of policies in TypeScript', () => {
  it('are all the variables of the policy language, with their types', () => {
    const tables = {
      dataset: DATASET_KINDS,
      replica: REPLICA_KINDS,
      blockReplica: BLOCK_REPLICA_KINDS,
      site: SITE_KINDS,
    };
    const kinds = Object.entries(tables).flatMap(([level, table]) =>
      Object.entries(table).map(([name, kind]) => [variableName(level, name), kind]),
    );
    const known = new Map(
      replicaVariables()
        .variables()
        .map(({ name, type }) => [name, type.kind]),
    );
    expect(kinds.map(([name]) => name).toSorted()).toEqual([...known.keys()].toSorted());
    for (const [name, kind] of kinds) {
      const type = known.get(name as string);
      expect([name, type === 'boolean' ? 'flag' : type]).toEqual([name, type === 'enum' ? 'enum' : kind]);
    }
    const { site } = policyWords();
    for (const name of Object.keys(SITE_IN_PARTITION_KINDS)) {
      expect(siteVariables().get(variableName('site', name))).toBeDefined();
      expect(site).toHaveProperty(name);
    }
  });
});

describe('definePolicy', () => {
  it('names every fault by its place', () => {
    const module = ({ dataset, blockReplica, site }: Parameters<PolicyModule>[0]): unknown => ({
      ...{ partition: ' P', on: [site.occupancy], when: [], untill: [site.name.is('A')] },
      lines: [
        { protect: dataset.size.above(Number.NaN) },
        { protekt: dataset.onProtectedSite },
        { protect: dataset.onProtectedSite, delete: dataset.onProtectedSite },
        { delete: [dataset.lastUpdate.olderThan('a fortnight ago'), 7] },
        { dismiss: dataset.status.is('INVALLID' as 'INVALID'), until: '2026-01-01', from: '2025-01-01' },
        { dismiss: [] },
      ],
      otherwise: 'remove',
      order: [{ increasing: blockReplica.lastUpdate }],
    });
    expect(faultsOf(module)).toEqual([
      'p.ts: untill: there is no such key (did you mean until?)',
      'p.ts: until: it is missing',
      'p.ts: partition: the name of the partition is missing, or has white space at an end',
      'p.ts: otherwise: it is one of protect, delete, dismiss, ignore',
      'p.ts: on[0]: a condition belongs here (such as dataset.size.above(0))',
      'p.ts: when: no condition is given (write [always] or [never])',
      'p.ts: until: no condition is given (write [always] or [never])',
      'p.ts: lines[0].protect: `NaN` is not a number, and `dataset.size` is one',
      'p.ts: lines[1].protekt: there is no such key (did you mean protect?)',
      'p.ts: lines[1]: it has no action (one of protect, delete, dismiss, ignore, protectBlock, deleteBlock, dismissBlock)',
      'p.ts: lines[2]: it has protect and delete (one of protect, delete, dismiss, ignore, protectBlock, deleteBlock, dismissBlock)',
      'p.ts: lines[3].delete[1]: a condition belongs here (such as dataset.size.above(0))',
      'p.ts: lines[4]: it has both until and from (write two lines)',
      expect.stringMatching(
        /^p\.ts: lines\[4\]\.dismiss: `dataset\.status` is never `INVALLID` \(did you mean INVALID\?/,
      ),
      'p.ts: lines[5].dismiss: no condition is given (it would always hold: say so)',
      'p.ts: order[0]: it is {increasing: X} or {decreasing: X} of a number or time of the dataset or replica',
    ]);
  });

  it('says so where the module fails or returns nothing', () => {
    const fails = (): never => {
      throw new TypeError('x is not defined');
    };
    expect(faultsOf(fails)).toEqual(['p.ts: the policy cannot be made: x is not defined']);
    expect(faultsOf(() => undefined)).toEqual(['p.ts: the policy is no object (return {partition, on, when, ...})']);
  });

  it('numbers lines by their place and prints them in the policy language', () => {
    const policy = definePolicy(
      policyWith(({ dataset, replica, not, site }) => [
        { protect: [not(replica.incomplete), site.name.isOneOf('T1_*', 'T2_A')] },
        { delete: dataset.status.is('INVALID'), until: '2027-01-01' },
        { dismiss: (each) => each.dataset.usageRank > 100 },
        { dismissBlock: (each) => each.owner === 'A', because: 'A has gone' },
      ]),
      { nowSeconds: NOW },
    );
    expect(policy.lines.map(({ line, text }) => [line, text])).toEqual([
      [1, 'Protect not replica.incomplete and site.name in [T1_* T2_A]'],
      [2, 'Delete dataset.status == INVALID until 2027-01-01'],
      [3, 'Dismiss (each) => each.dataset.usageRank > 100'],
      [4, 'DismissBlock A has gone'],
    ]);
  });

  it('has another digest for another function, whatever its reason says', () => {
    const digest = (least: number): string =>
      definePolicy(
        policyWith(() => [
          least === 1
            ? { protect: (each) => each.size > 1, because: 'it is large' }
            : { protect: (each) => each.size > 2, because: 'it is large' },
        ]),
        { nowSeconds: NOW },
      ).sha256;
    expect(digest(1)).not.toBe(digest(2));
    expect(digest(1)).toBe(digest(1));
  });

  it('does not take a function for one that always holds', () => {
    const module = policyWith(({ replica }) => [{ protect: () => true }, { protect: replica.incomplete }]);
    expect(findPolicyWarnings(definePolicy(module, { nowSeconds: NOW }))).toEqual([]);
  });
});

describe('a plan of a policy with functions', () => {
  const planOf = async (module: PolicyModule): Promise<DetoxResult> => {
    const view = await viewOf(
      small({
        sites: { S1: { quota: 100 }, S2: { quota: 100 } },
        data: { '/a/x/RAW': { b0: 'S1:A S2:A', b1: 'S1:A S2:B' } },
      }),
    );
    const policy = definePolicy(module, { nowSeconds: NOW });
    return planDetox(view, { policy, now: NOW });
  };

  it('may not be committed where a function read what nothing supplies', async () => {
    const plan = await planOf(policyWith(() => [{ protect: (each) => each.dataset.usageRank > 1 }]));
    expect(plan.notCommittable).toContainEqual(
      'nothing supplies dataset.usage_rank (line 1): no producer, and no dataset has it stored',
    );
    const other = await planOf(policyWith(() => [{ protect: (each) => each.size < 0 && each.dataset.usageRank > 1 }]));
    expect(other.notCommittable.filter((why) => why.includes('usage_rank'))).toEqual([]);
  });

  it.each([
    [() => 'yes', /^lines\[0\]\.protect: the function said yes, which is no boolean$/],
    [() => Promise.resolve(true), /the function said \[object Promise\], which is no boolean/],
    [() => JSON.parse('{'), /^lines\[0\]\.protect: the function failed: /],
    [
      (each: { value(name: string): number }) => each.value('dataset.usage_rnk') > 1,
      /there is no variable dataset\.usage_rnk \(did you mean dataset\.usage_rank\?\)/,
    ],
    [(_: unknown, run: { time(text: string): number }) => run.time('tomorrow-ish') > 1, /the function failed: /],
  ])('fails where a function does: %s', async (test, message) => {
    await expect(planOf(policyWith(() => [{ protect: test as unknown as () => boolean }]))).rejects.toThrow(message);
  });

  it('sees the run as conditions do', async () => {
    const seen: unknown[] = [];
    const plan = await planOf(
      policyWith(() => [
        {
          protect: (each, run) => {
            seen.push([each.dataset.name, each.site.name, each.dataset.status, each.blockReplicas.length, run.now]);
            return each.dataset.lastUpdate > run.time('100 years ago');
          },
        },
      ]),
    );
    expect(seen.length).toBeGreaterThan(0);
    expect(seen[0]).toEqual(['/a/x/RAW', 'S1', 'VALID', 2, NOW]);
    expect([...listDecisions(plan)].every(({ decision }) => decision === 'protect')).toBe(true);
  });
});
