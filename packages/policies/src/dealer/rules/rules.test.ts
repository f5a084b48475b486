import type { GroupName, InventoryView, RuleRecord } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DEALER_CONFIGURATION, type DealerConfiguration } from '../dealer-configuration.ts';
import { NOW, viewOf, type World, type WorldReplica } from '../fixtures/dealer-world.ts';
import { planDealer } from '../plan-dealer.ts';
import { assessRule } from './assess-rule.ts';
import { checkUserRule } from './check-user-rule.ts';
import { type CopyRule, copyRuleOf, type UserRule } from './copy-rule.ts';
import { enforcerProtectedSites, enforcerProtection } from './enforcer-protection.ts';
import type { RuleReport } from './rule-report.ts';

const A = '/A/one-v1/AOD';

const AOD: CopyRule = {
  name: 'aod',
  replicas: ['dataset.name == /*/*/AOD'],
  copies: 1,
  destinations: ['site.name == T2_*'],
  sources: ['site.name == T1_*'],
  group: 'AnalysisOps',
  protect: true,
  until: null,
};

function world(replicas: readonly WorldReplica[], changes: Partial<World> = {}): World {
  return {
    groups: ['AnalysisOps', 'DataOps'],
    sites: { T1_X: {}, T2_A: {}, T2_B: {}, T2_C: { status: 'morgue' } },
    datasets: { [A]: { blocks: { b1: [100], b2: [50] }, replicas } },
    ...changes,
  };
}

function enforce(view: InventoryView, rule: Partial<CopyRule> = {}, changes: Partial<DealerConfiguration> = {}) {
  const rules = { partition: null, rules: [{ ...AOD, ...rule }] };
  const configuration: DealerConfiguration = {
    ...DEFAULT_DEALER_CONFIGURATION,
    plugins: [{ plugin: 'enforcer', priority: 1, rules }],
    ...changes,
  };
  const result = planDealer(view, { configuration, now: NOW, seed: 1 });
  const report = result.plugins[0]?.report as { rules: RuleReport[] };
  return { result, report: report.rules[0] as RuleReport };
}

const T1: WorldReplica = { site: 'T1_X' };

describe('a rule', () => {
  it('that misses a copy orders it, and says that it is on the way', async () => {
    using view = await viewOf(world([T1]));
    const { result, report } = enforce(view);
    expect(result.taken).toMatchObject([
      { site: expect.stringMatching(/^T2_[AB]$/), group: 'AnalysisOps', reference: 'aod' },
    ]);
    expect(report).toMatchObject({ state: 'on the way', datasets: 1, copies: 1, there: 0, on_the_way: 1, missing: 0 });
  });

  it.each<[string, WorldReplica[], Partial<CopyRule>, Partial<RuleReport>]>([
    ['a full copy', [T1, { site: 'T2_A' }], {}, { state: 'satisfied', there: 1 }],
    [
      'a copy on its way',
      [T1, { site: 'T2_A', files: [], operation: 'copy' }],
      {},
      { state: 'on the way', on_the_way: 1 },
    ],
    ['no replica at a source', [{ site: 'T2_A', blocks: ['b1'] }], {}, { state: 'satisfied', datasets: 0 }],
    [
      'more copies asked than there are destinations',
      [T1, { site: 'T2_A' }, { site: 'T2_B' }],
      { copies: 9 },
      { copies: 3, there: 2, missing: 1, state: 'stuck' },
    ],
    ['an ended rule', [T1], { until: NOW }, undefined as never],
  ])('%s', async (_title, replicas, rule, expected) => {
    using view = await viewOf(world(replicas));
    const { result, report } = enforce(view, rule);
    expect(result.steps).toEqual([]);
    if (expected === undefined) expect(report).toBeUndefined();
    else expect(report).toMatchObject(expected);
  });

  it('counts neither what is being deleted nor what is at a site that is not ready', async () => {
    using view = await viewOf(world([T1, { site: 'T2_A', operation: 'delete' }, { site: 'T2_C' }]));
    const { result } = enforce(view);
    expect(result.taken).toMatchObject([{ site: 'T2_B', bytes: 150 }]);
  });

  it('takes over what is full there for another group, rather than copying it again', async () => {
    using view = await viewOf(world([T1, { site: 'T2_B', group: 'DataOps' }]));
    const { result } = enforce(view);
    expect(result.volume).toBe(0);
    expect(result.steps).toMatchObject([
      { kind: 'hand-over', block: 'b1', site: 'T2_B', to: 'AnalysisOps' },
      { kind: 'hand-over', block: 'b2', site: 'T2_B', to: 'AnalysisOps' },
    ]);
  });

  it('does not take what another rule needs for its own group', async () => {
    using view = await viewOf(world([T1, { site: 'T2_A', group: 'DataOps' }]));
    const rules = { partition: null, rules: [AOD, { ...AOD, name: 'other', group: 'DataOps' }] };
    const configuration: DealerConfiguration = {
      ...DEFAULT_DEALER_CONFIGURATION,
      plugins: [{ plugin: 'enforcer', priority: 1, rules }],
    };
    const { taken, volume } = planDealer(view, { configuration, now: NOW, seed: 1 });
    expect(taken).toMatchObject([{ site: 'T2_B', reference: 'aod' }]);
    expect(volume).toBe(150);
  });

  it('that is stuck says why, what would help, and what it would cost', async () => {
    using view = await viewOf(world([T1], { sites: { T1_X: {}, T2_A: { quota: 100 }, T2_B: { quota: 100 } } }));
    expect(enforce(view).report).toMatchObject({
      state: 'stuck',
      missing: 1,
      bytes_missing: 150,
      refused: { 'no-destination': 1 },
      why: 'no site can take it: 2 too full',
      remedy: 'delete there, raise the quota, or raise `target_site_occupancy`',
    });
    expect(enforce(view, { destinations: ['site.name == T9_*'] }).report).toMatchObject({
      state: 'stuck',
      why: 'no site matches its destinations',
    });
  });

  it('that waits for its turn is on the way; one for which no cycle is large enough is stuck', async () => {
    using view = await viewOf(world([T1]));
    expect(enforce(view, { copies: 2 }, { maxTotalCycleVolume: 150 }).report).toMatchObject({
      state: 'on the way',
      missing: 1,
      refused: { 'cycle-volume': 1 },
    });
    expect(enforce(view, {}, { maxTotalCycleVolume: 10 }).report).toMatchObject({
      state: 'stuck',
      missing: 1,
      refused: { 'cycle-volume': 1 },
      remedy: expect.stringContaining('max_total_cycle_volume'),
    });
  });

  it('may ask about the replicas at its sources', async () => {
    using view = await viewOf(world([T1, { site: 'T2_A', blocks: ['b1'], group: 'DataOps' }]));
    const matched = (text: string, sources = ['always']) =>
      enforce(view, { replicas: [text], sources }).report.datasets;
    expect(matched('blockreplica.owner == DataOps')).toBe(1);
    expect(matched('blockreplica.owner == DataOps and site.name == T1_*')).toBe(0);
    expect(matched('replica.size > 120 and site.name == T1_*')).toBe(1);
    expect(matched('replica.size > 120', ['site.name == T2_*'])).toBe(0);
    expect(matched('dataset.num_full_disk_copy == 1')).toBe(1);
    expect(matched('dataset.status == PRODUCTION')).toBe(0);
  });
});

describe('what rules protect from Detox', () => {
  const protectedBy = async (replicas: readonly WorldReplica[], rule: Partial<CopyRule> = {}) => {
    using view = await viewOf(world(replicas));
    return enforcerProtectedSites(view, [{ ...AOD, ...rule }], { now: NOW }).get(A);
  };

  it('is as many copies as the rule needs, the right ones first', async () => {
    expect(await protectedBy([T1, { site: 'T2_A' }, { site: 'T2_B' }])).toEqual(['T2_A']);
    expect(await protectedBy([T1, { site: 'T2_A', group: 'DataOps' }, { site: 'T2_B' }])).toEqual(['T2_B']);
    expect(await protectedBy([T1, { site: 'T2_A', group: 'DataOps' }])).toEqual(['T2_A']);
    expect(await protectedBy([T1, { site: 'T2_A' }, { site: 'T2_B' }], { copies: 2 })).toEqual(['T2_A', 'T2_B']);
  });

  it('is nothing for rules that do not protect, or have ended', async () => {
    expect(await protectedBy([T1, { site: 'T2_A' }], { protect: false })).toBeUndefined();
    expect(await protectedBy([T1, { site: 'T2_A' }], { until: NOW - 1 })).toBeUndefined();
  });
});

describe('rules of users', () => {
  const kept = (changes: Partial<UserRule> = {}): UserRule => ({
    id: 1,
    user: 'bob',
    datasets: ['/A/*'],
    sites: ['T2_*'],
    copies: 2,
    group: null,
    until: NOW + 10,
    ...changes,
  });

  it('keep copies of what matches, until their time; a broken one says so and keeps none of the others', async () => {
    using view = await viewOf(world([T1, { site: 'T2_A' }]));
    const rules = [kept({ id: 2, group: 'Gone' }), kept(), kept({ id: 3, until: NOW })];
    const result = planDealer(view, { rules, now: NOW, seed: 1 });
    expect(result.taken).toMatchObject([{ plugin: 'rules', site: 'T2_B', reason: 'rule 1 of bob' }]);
    expect(result.plugins[1]?.report).toMatchObject({
      rules: [
        { rule: 'rule 1 of bob', state: 'on the way', there: 1, on_the_way: 1 },
        { rule: 'rule 2 of bob', state: 'stuck', why: 'rules.rule 2 of bob: there is no group Gone' },
      ],
    });
  });

  it('may use conditions', async () => {
    using view = await viewOf(world([T1]));
    const rules = [
      kept({ datasets: ['dataset.size > 100 and dataset.status == VALID'], sites: ['site.name in [T2_A]'], copies: 1 }),
    ];
    expect(planDealer(view, { rules, now: NOW, seed: 1 }).taken).toMatchObject([{ site: 'T2_A' }]);
  });
});

describe('rules of users that are on record', () => {
  const recorded = (changes: Partial<RuleRecord> = {}): RuleRecord => ({
    ...{ id: 7, kind: 'rule', user: 'bob', datasets: ['/A/*'], sites: ['T2_*'], copies: 2, group: null, until: null },
    ...{ progress: null, state: 'new', createdAt: NOW, updatedAt: NOW, reason: '' },
    ...changes,
  });
  const after = async (replicas: readonly WorldReplica[], rule: RuleRecord, changes: Partial<World> = {}) => {
    using view = await viewOf(world(replicas, changes));
    const { requests } = planDealer(view, { requests: [rule], now: NOW, seed: 1 });
    for (const { before } of requests) expect(before).toEqual(rule);
    return requests[0]?.after;
  };

  it.each<[string, WorldReplica[], Partial<World>, object]>([
    [
      'is satisfied',
      [{ site: 'T2_A' }, { site: 'T2_B' }],
      {},
      { state: 'active', reason: 'satisfied: 2 of 2 copies of 1 dataset there' },
    ],
    [
      'is on the way',
      [T1, { site: 'T2_A' }],
      {},
      { reason: 'on the way: 1 of 2 copies of 1 dataset there, 1 on the way', progress: { onTheWay: 1, missing: 0 } },
    ],
    [
      'is stuck, with why and what it would cost',
      [T1],
      { sites: { T1_X: {}, T2_A: {}, T2_B: { quota: 10 } } },
      {
        progress: { state: 'stuck', onTheWay: 1, missing: 1, bytesMissing: 150, why: /too full/, remedy: /quota/ },
        reason: /^stuck: 0 of 2 copies .* 1 on the way, 1 missing \(150 bytes\): .* \(to do: .*\)$/,
      },
    ],
    ['is about nothing yet', [], { datasets: {} }, { reason: 'satisfied: no dataset matches it now' }],
  ])('say that it %s', async (_title, replicas, changes, expected) => {
    const patterns = (value: unknown): unknown =>
      value instanceof RegExp
        ? expect.stringMatching(value)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, patterns(each)]))
          : value;
    expect(await after(replicas, recorded(), changes)).toMatchObject(patterns(expected) as object);
  });

  it('are written only when something has changed, and end with their time', async () => {
    const replicas = [{ site: 'T2_A' }, { site: 'T2_B' }];
    const once = await after(replicas, recorded({ until: NOW + 1 }));
    expect(await after(replicas, once as RuleRecord)).toBeUndefined();
    expect(await after(replicas, { ...(once as RuleRecord), until: NOW })).toMatchObject({
      state: 'done',
      reason: expect.stringMatching(/^its time ended at \d{4}-/),
      progress: { state: 'satisfied' },
    });
  });

  it('that no longer hold up are stuck and say why', async () => {
    expect(await after([T1], recorded({ group: 'Gone' as GroupName }))).toMatchObject({
      state: 'active',
      progress: { state: 'stuck', why: expect.stringContaining('there is no group Gone') },
    });
  });

  it('say what they would cost before any cycle', async () => {
    using view = await viewOf(world([T1]));
    const configuration = { ...DEFAULT_DEALER_CONFIGURATION, maxTotalCycleVolume: 200 };
    expect(assessRule(view, recorded(), { configuration, now: NOW })).toMatchObject({
      progress: { state: 'on the way', missing: 1, bytesMissing: 150 },
      ...{ copies: 2, bytes: 300, orderedCopies: 1, orderedBytes: 150 },
    });
    const over = assessRule(view, recorded({ until: NOW }), { configuration, now: NOW });
    expect(over).toMatchObject({
      copies: 0,
      bytes: 0,
      progress: { why: expect.stringContaining('its time has come') },
    });
  });

  it.each<[string, Partial<UserRule>, RegExp]>([
    ['a bad pattern', { datasets: ['/A/[z-a]*'] }, /^datasets\[0\]: .*range/],
    ['a bad condition', { datasets: ['/A/*', 'dataset.sise > 1'] }, /^datasets\[1\]: .*dataset\.size/],
    ['no datasets', { datasets: [] }, /^datasets: /],
    ['a site that does not exist', { sites: ['T2_*', 'T9_Z'] }, /^sites\[1\]: no site matches T9_Z/],
    ['a bad site condition', { sites: ['site.nam == X'] }, /^sites\[0\]: .*site\.name/],
    ['no group of that name', { group: 'Gone' }, /^group: there is no group Gone/],
    ['no copies', { copies: 0 }, /^copies: .*at least 1, got 0/],
    ['half a copy', { copies: 1.5 }, /^copies: /],
    ['a time that is over', { until: NOW }, /^until: .* is over/],
  ])('are refused with %s, at its place', async (_title, changes, message) => {
    using view = await viewOf(world([T1]));
    const check = () => checkUserRule(view, { ...recorded(), ...changes }, { now: NOW, partition: null });
    expect(check).toThrow(message);
    expect(() => checkUserRule(view, recorded({ sites: ['always'] }), { now: NOW, partition: null })).not.toThrow();
  });

  it('protect their copies; one that does not hold up keeps nothing, and nobody, back', async () => {
    using view = await viewOf(world([T1, { site: 'T2_A' }]));
    const rules = [recorded(), recorded({ id: 8, group: 'Gone' as GroupName })].map(copyRuleOf);
    const producer = enforcerProtection(async () => [{ rules, partition: null, strict: false }]);
    const columns = await producer.load(view, { now: NOW });
    expect(columns.get('replica.enforcer_protected')?.get(A)).toEqual(['T2_A']);
    const strict = enforcerProtection(async () => [{ rules, partition: null }]);
    await expect(strict.load(view, { now: NOW })).rejects.toThrow(/no group Gone/);
  });
});

it('a rule may ask for what producers supply', async () => {
  using view = await viewOf(world([T1]));
  const attributes = new Map([['dataset.usage_rank', new Map([[A, 5]])]]);
  const kept = { id: 1, user: 'bob', sites: ['T2_A'], copies: 1, group: null, until: null };
  const plan = (limit: number) => {
    const rules = [{ ...kept, datasets: [`dataset.usage_rank > ${limit}`] }];
    return planDealer(view, { rules, attributes, now: NOW, seed: 1 }).taken.length;
  };
  expect([plan(4), plan(5)]).toEqual([1, 0]);
});
