import type { InventoryView } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_DEALER_CONFIGURATION,
  type DealerConfiguration,
  type PluginConfiguration,
} from '../dealer-configuration.ts';
import { detoxFindings } from '../detox-findings.ts';
import { NOW, viewOf, type World, type WorldDataset } from '../fixtures/dealer-world.ts';
import { type DealerInputs, planDealer } from '../plan-dealer.ts';

type Changes = Omit<Partial<DealerInputs>, 'configuration'> & { readonly configuration?: Partial<DealerConfiguration> };

function plan(view: InventoryView, plugin: PluginConfiguration, { configuration, ...inputs }: Changes = {}) {
  const whole = { ...DEFAULT_DEALER_CONFIGURATION, maxSitePendingFraction: 1, plugins: [plugin], ...configuration };
  const result = planDealer(view, { ...inputs, configuration: whole, now: NOW, seed: 1 });
  return { result, report: result.plugins[0]?.report };
}

const sites = { T2_A: {}, T2_B: {}, T2_C: {} };
const at = (...names: string[]) => names.map((site) => ({ site }));

describe('popularity', () => {
  const popularity: PluginConfiguration = {
    plugin: 'popularity',
    priority: 1,
    attribute: 'request_weight',
    weightPerCopy: 10,
    maxCopies: 3,
    maxDatasetSize: 500,
  };
  const weighted = (weight: number, size = 10): WorldDataset => ({
    blocks: { b: [size] },
    replicas: at('T2_A'),
    attributes: { request_weight: weight },
  });
  const world: World = {
    sites: { ...sites, T2_D: {}, T1_TAPE: { storage: 'mss' } },
    datasets: {
      '/none/x/y': weighted(0),
      '/some/x/y': weighted(12),
      '/much/x/y': weighted(1e9),
      '/huge/x/y': weighted(99, 501),
    },
  };

  it('orders copies by weight, up to the maximum, the most wanted first', async () => {
    using view = await viewOf(world);
    const { result } = plan(view, popularity);
    expect(result.taken.map(({ dataset }) => dataset)).toEqual(['/much/x/y', '/much/x/y', '/some/x/y']);
    expect(result.taken[0]?.reason).toBe('request weight 1000000000, 3 copies wanted');
  });

  it('reads what producers supply instead of what is stored', async () => {
    using view = await viewOf(world);
    const attributes = new Map([
      [
        'dataset.request_weight',
        new Map([
          ['/none/x/y', 10],
          ['/gone/x/y', 10],
        ]),
      ],
    ]);
    const { result } = plan(view, popularity, { attributes });
    expect(result.taken.map(({ dataset }) => dataset)).toEqual(['/none/x/y']);
  });
});

describe('balancer', () => {
  const balancer: PluginConfiguration = { plugin: 'balancer', priority: 1, maxSpread: 0.05, maxDatasetSize: 1e9 };
  const configuration = { partition: 'Physics' };
  const datasets = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`/last/${i}/x`, { blocks: { b: [20] }, replicas: at('T2_A') }]),
  );
  const world: World = {
    sites,
    datasets: { ...datasets, '/two/x/y': { blocks: { b: [20] }, replicas: at('T2_A', 'T2_B') } },
  };

  it('copies last copies from the fullest site until the spread is small', async () => {
    using view = await viewOf(world);
    const { result, report } = plan(view, balancer, { configuration });
    // 400 of 1000 at A, nothing elsewhere: 13 moves of 20 leave 140, 140, 120.
    expect(result.taken.length).toBeGreaterThanOrEqual(12);
    expect(result.taken.length).toBeLessThanOrEqual(13);
    expect(result.taken.every(({ dataset, site }) => dataset.startsWith('/last/') && site !== 'T2_A')).toBe(true);
    expect(report).toMatchObject({ spread_before: 0.4 });
    expect((report as { spread_if_all_are_taken: number }).spread_if_all_are_taken).toBeLessThan(0.05);
  });

  it('believes Detox about what is protected', async () => {
    using view = await viewOf(world);
    const detox = detoxFindings({
      partition: 'Physics',
      sites: ['T2_A', 'T2_B', 'T2_C'].map((site) => ({ site, quota: 1000, protected: site === 'T2_A' ? 100 : 0 })),
      decisions: [
        { dataset: '/last/3/x', site: 'T2_A', decision: 'protect' },
        { dataset: '/last/4/x', site: 'T2_A', decision: 'keep' },
      ],
    });
    const { result, report } = plan(view, balancer, { configuration, detox });
    expect(result.taken.map(({ dataset }) => dataset)).toEqual(['/last/3/x']);
    expect(report).toMatchObject({ spread_before: 0.1 });
  });

  it('rests where nothing is to be balanced', async () => {
    using view = await viewOf({ sites, datasets: { '/last/x/y': { blocks: { b: [40] }, replicas: at('T2_A') } } });
    expect(plan(view, balancer, { configuration }).result.plugins[0]?.proposed).toBe(0);
  });
});

describe('undertaker', () => {
  const undertaker: PluginConfiguration = {
    plugin: 'undertaker',
    priority: 1,
    sites: ['site.status != READY'],
    named: [],
    rates: { bytesPerSecond: 10, sites: new Map([['T2_B', 2]]) },
  };
  const world: World = {
    groups: ['AnalysisOps', 'DataOps'],
    sites: { ...sites, T2_OLD: { status: 'morgue' } },
    datasets: {
      '/last/x/y': { blocks: { b1: [100], b2: [50] }, replicas: [{ site: 'T2_OLD', group: 'DataOps' }] },
      '/half/x/y': { blocks: { b1: [100], b2: [50] }, replicas: [...at('T2_OLD'), { site: 'T2_A', blocks: ['b1'] }] },
      '/safe/x/y': { blocks: { b: [10] }, replicas: at('T2_OLD', 'T2_A') },
      '/coming/x/y': {
        blocks: { b: [10] },
        replicas: [...at('T2_OLD'), { site: 'T2_A', files: [], operation: 'copy' }],
      },
      '/other/x/y': { blocks: { b: [70] }, replicas: at('T2_B') },
    },
  };

  it('copies what is nowhere else, for the same group, and says how long it takes', async () => {
    using view = await viewOf(world);
    const { result, report } = plan(view, undertaker);
    const taken = result.taken.map(({ dataset, group, copied }) => ({ dataset, group, copied }));
    expect(taken.sort((a, b) => (a.dataset < b.dataset ? -1 : 1))).toEqual([
      { dataset: '/half/x/y', group: 'AnalysisOps', copied: ['b2'] },
      { dataset: '/last/x/y', group: 'DataOps', copied: ['b1', 'b2'] },
    ]);
    expect(result.taken.map(({ reason }) => reason)).toContain('T2_OLD is morgue, and no copy is elsewhere');
    expect(report).toEqual({
      sites: [
        {
          site: 'T2_OLD',
          status: 'morgue',
          bytes: 320,
          safe: 110,
          on_the_way: 10,
          missing: 200,
          ordered_now: 200,
          bytes_per_second: 10,
          seconds_left: 21,
        },
      ],
      seconds_left: 21,
    });
  });

  it('empties sites named by hand, and copies nothing to them', async () => {
    using view = await viewOf({
      ...world,
      sites: { T2_A: { quota: 100 }, T2_B: {}, T2_C: {}, T2_OLD: { status: 'morgue' } },
    });
    const { result, report } = plan(view, { ...undertaker, named: ['T2_B'] });
    expect(new Set(result.taken.map(({ site }) => site))).toEqual(new Set(['T2_C']));
    expect(report).toMatchObject({ sites: [{ site: 'T2_B', missing: 70, seconds_left: 35 }, { site: 'T2_OLD' }] });
  });
});

describe('undertaker and Detox', () => {
  it.each(['/A/x/y', '/B/x/y', '/C/x/y'])('brings away first what Detox protected: %s', async (dataset) => {
    using view = await viewOf({
      sites: { ...sites, T2_OLD: { status: 'morgue' } },
      datasets: Object.fromEntries(
        ['/A/x/y', '/B/x/y', '/C/x/y'].map((name) => [name, { blocks: { b: [10] }, replicas: at('T2_OLD') }]),
      ),
    });
    const detox = detoxFindings({
      partition: 'Physics',
      sites: [],
      decisions: [{ dataset, site: 'T2_OLD', decision: 'protect' }],
    });
    const undertaker: PluginConfiguration = {
      plugin: 'undertaker',
      priority: 1,
      sites: ['site.status != READY'],
      named: [],
      rates: { bytesPerSecond: 1, sites: new Map() },
    };
    const { result } = plan(view, undertaker, { detox, configuration: { maxTotalCycleVolume: 15 } });
    expect(result.taken.map((each) => each.dataset)).toEqual([dataset]);
    expect(result.refused.map(({ reason }) => reason)).toEqual(['cycle-volume', 'cycle-volume']);
  });
});

describe('group hand-over', () => {
  const handOver = (changes: object = {}): PluginConfiguration => ({
    plugin: 'group_hand_over',
    priority: 1,
    rules: [
      {
        from: 'DataOps',
        to: 'AnalysisOps',
        datasets: ['dataset.name == /A/*'],
        sites: ['site.name != T2_C'],
        ...changes,
      },
    ],
  });
  const given = (site: string, blocks?: string[]) => ({
    site,
    group: 'DataOps',
    ...(blocks === undefined ? {} : { blocks }),
  });
  const world: World = {
    groups: ['AnalysisOps', 'DataOps'],
    partitions: { Physics: 'blockreplica.owner == AnalysisOps', Production: 'blockreplica.owner == DataOps' },
    sites: { ...sites, T2_D: { quota: 100 } },
    datasets: {
      '/A/x/y': { blocks: { b1: [100], b2: [50] }, replicas: [given('T2_A'), given('T2_B', ['b1']), given('T2_C')] },
      '/B/x/y': { blocks: { b1: [100] }, replicas: [given('T2_A')] },
    },
  };

  it('changes the owner where the data is, and copies nothing', async () => {
    using view = await viewOf(world);
    const { result } = plan(view, handOver());
    expect(result.volume).toBe(0);
    const steps = result.steps.map((step) => [step.kind, step.dataset, step.block, step.site].join(' '));
    expect(steps.sort()).toEqual(['hand-over /A/x/y b1 T2_A', 'hand-over /A/x/y b1 T2_B', 'hand-over /A/x/y b2 T2_A']);
  });

  it('does not overfill the partition that the data comes to', async () => {
    using view = await viewOf({ ...world, sites: { T2_A: { quota: 160 }, T2_B: { quota: 160 }, T2_C: {} } });
    const { result } = plan(view, handOver());
    expect(result.steps).toMatchObject([{ site: 'T2_B' }]);
    expect([...result.refusedCounts]).toEqual([['site-full', 1]]);
  });
});
