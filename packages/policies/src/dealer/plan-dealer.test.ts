import { describe, expect, it } from 'vitest';
import { DEFAULT_DEALER_CONFIGURATION, type DealerConfiguration } from './dealer-configuration.ts';
import { dealerDocument } from './dealer-document.ts';
import { dealerPlan } from './dealer-plan.ts';
import type { DealerPlugin } from './dealer-plugin.ts';
import { AUTHOR, copyRequest, endCopies, NOW, openWorld, viewOf, type World } from './fixtures/dealer-world.ts';
import { planDealer } from './plan-dealer.ts';

const A = '/A/one-v1/AOD';

function configured(changes: Partial<DealerConfiguration>): DealerConfiguration {
  return { ...DEFAULT_DEALER_CONFIGURATION, maxSitePendingFraction: 1, ...changes };
}

/** 300 bytes in two blocks at MIT, room for 900 at each of the others. */
const world: World = {
  groups: ['AnalysisOps', 'DataOps'],
  sites: { T2_US_MIT: {}, T2_DE_DESY: {}, T2_CH_CERN: {} },
  datasets: { [A]: { blocks: { b1: [100], b2: [120, 80] }, replicas: [{ site: 'T2_US_MIT' }] } },
};

async function refusalOf(changed: Partial<World>, changes: Partial<DealerConfiguration> = {}, wanted: object = {}) {
  using view = await viewOf({ ...world, ...changed });
  const request = copyRequest(1, { datasets: [A], sites: ['T2_DE_DESY'], ...wanted });
  const result = planDealer(view, { configuration: configured(changes), requests: [request], now: NOW, seed: 1 });
  expect(result.steps).toEqual([]);
  expect(result.requests[0]?.after.state).toBe('active');
  const [refused] = dealerDocument(result).refused;
  expect(result.requests[0]?.after.reason).toContain(refused?.why);
  return { reason: refused?.reason, why: refused?.why, remedy: refused?.remedy };
}

describe('a copy request', () => {
  it('becomes copy operations, and is done once the data is there', async () => {
    const opened = await openWorld(world);
    const { inventory } = opened;
    const request = copyRequest(1, { datasets: ['/A/*/AOD'], sites: ['T2_DE_*'], group: 'DataOps' });
    await inventory.update(AUTHOR, (draft) => draft.putRequest(null, request));
    const first = planDealer(inventory.view(), {
      configuration: configured({}),
      requests: [request],
      now: NOW,
      seed: 1,
    });
    expect(first.volume).toBe(300);
    expect(first.requests[0]?.after).toMatchObject({ state: 'active', reason: '0 of 1 there; 1 on the way' });
    const { result } = await inventory.carryOut(dealerPlan(first), AUTHOR);
    expect(result).toMatchObject({ done: [{ block: 'b1', group: 'DataOps' }, { block: 'b2' }], dropped: [] });

    const active = first.requests[0]?.after ?? request;
    const second = planDealer(inventory.view(), {
      configuration: configured({}),
      requests: [active],
      now: NOW + 1,
      seed: 1,
    });
    expect(second.steps).toEqual([]);
    expect(second.requests, 'nothing has changed').toEqual([]);

    await endCopies(opened);
    const third = planDealer(inventory.view(), {
      configuration: configured({}),
      requests: [active],
      now: NOW + 2,
      seed: 1,
    });
    expect(third.requests).toMatchObject([{ after: { state: 'done', reason: '1 of 1 there', updatedAt: NOW + 2 } }]);
  });

  it('for some copies goes to as many sites as are missing, each another one', async () => {
    using view = await viewOf(world);
    const request = copyRequest(1, { datasets: [A], sites: ['*'], copies: 3 });
    const result = planDealer(view, { configuration: configured({}), requests: [request], now: NOW, seed: 1 });
    expect(result.taken.map(({ site }) => site).sort()).toEqual(['T2_CH_CERN', 'T2_DE_DESY']);
    expect(result.requests[0]?.after.reason).toBe('1 of 3 there; 2 on the way');
  });

  it('for more copies than there are sites says so, however many', async () => {
    using view = await viewOf(world);
    const request = copyRequest(1, { datasets: [A], sites: ['*'], copies: 1e9 });
    const result = planDealer(view, { configuration: configured({}), requests: [request], now: NOW, seed: 1 });
    expect(result.plugins[0]).toMatchObject({ proposed: 3, taken: 2 });
    expect(result.requests[0]?.after).toMatchObject({
      state: 'active',
      reason: expect.stringMatching(/^1 of 1000000000 there; 2 on the way; 999999997 waiting: no site can take it/),
    });
  });

  it('for some blocks copies those, for most of them the dataset', async () => {
    using view = await viewOf(world);
    const wanted = (text: string) => copyRequest(1, { datasets: [text], sites: ['T2_DE_DESY'] });
    const copied = (text: string, wholeDatasetFraction: number) => {
      const plugins = [{ plugin: 'copy_requests', priority: 0, wholeDatasetFraction } as const];
      const configuration = configured({ plugins });
      return planDealer(view, { configuration, requests: [wanted(text)], now: NOW, seed: 1 }).steps.map(
        ({ block }) => block,
      );
    };
    expect(copied(`${A}#b2`, 0.5)).toEqual(['b2']);
    expect(copied(`${A}#b2`, 0.4)).toEqual(['b1', 'b2']);
    expect(copied(`${A}#b?`, 1)).toEqual(['b1', 'b2']);
  });

  it.each([
    [{ datasets: ['/no/such/thing'], sites: ['*'] }, 'there is no dataset /no/such/thing'],
    [{ datasets: ['/no/*/thing'], sites: ['*'] }, 'no valid dataset matches /no/*/thing'],
    [{ datasets: [`${A}#b9`], sites: ['*'] }, `dataset ${A} has no block b9`],
    [{ datasets: [A], sites: ['T2_XX'] }, 'there is no site T2_XX'],
    [{ datasets: [A], sites: ['T3*'] }, 'no site matches T3*'],
    [{ datasets: [A], sites: ['T2_US_MIT'], group: 'Nobody' }, 'there is no group Nobody'],
  ])('for %j is rejected: it names what is not there', async (wanted, why) => {
    using view = await viewOf(world);
    const result = planDealer(view, { requests: [copyRequest(1, wanted)], now: NOW, seed: 1 });
    expect(result.requests).toMatchObject([{ after: { state: 'rejected', reason: why } }]);
  });

  it('is served as far as it goes when a dataset vanishes in the middle', async () => {
    using view = await viewOf(world);
    const request = copyRequest(1, { datasets: [A, '/gone/by/now'], sites: ['T2_US_MIT'] });
    expect(planDealer(view, { requests: [request], now: NOW, seed: 1 }).requests[0]?.after).toMatchObject({
      state: 'rejected',
      reason: '1 of 1 there; there is no dataset /gone/by/now',
    });
  });
});

describe('what is not taken says why, and what would have to change', () => {
  it.each<[string, Partial<World>, Partial<DealerConfiguration>, object, object]>([
    [
      'too full',
      { sites: { ...world.sites, T2_DE_DESY: { quota: 330 } } },
      {},
      {},
      { reason: 'site-full', why: 'Physics at T2_DE_DESY would be filled to 90.9 %, at most 90.0 % is allowed' },
    ],
    [
      'too much on its way',
      {},
      { maxSitePendingFraction: 0.29 },
      {},
      {
        reason: 'site-pending',
        why: "30.0 % of Physics's quota at T2_DE_DESY would be on its way, at most 29.0 % is allowed",
      },
    ],
    [
      'the cycle is full',
      {},
      { maxTotalCycleVolume: 299 },
      {},
      { reason: 'cycle-volume', remedy: 'raise `max_total_cycle_volume`: it is larger than a whole cycle' },
    ],
    [
      'not ready',
      { sites: { ...world.sites, T2_DE_DESY: { status: 'waitroom' } } },
      {},
      {},
      { reason: 'site-not-ready' },
    ],
    ['tape', { sites: { ...world.sites, T2_DE_DESY: { storage: 'mss' } } }, {}, {}, { reason: 'not-a-target' }],
    [
      'a rule',
      {},
      { placementRules: [{ name: 'home', datasets: ['dataset.name == /A/*'], sites: ['site.name == T2_US_*'] }] },
      {},
      { reason: 'placement-rule', why: 'placement rule home keeps it away from T2_DE_DESY' },
    ],
    [
      'in no partition',
      { partitions: { Physics: 'blockreplica.owner == DataOps' } },
      {},
      { group: 'AnalysisOps' },
      { reason: 'outside-partition' },
    ],
    [
      'in another partition',
      { partitions: { Physics: 'blockreplica.owner == DataOps', Other: 'blockreplica.owner == AnalysisOps' } },
      { partition: 'Physics' },
      { group: 'AnalysisOps' },
      { reason: 'outside-partition', why: expect.stringContaining('no replica of partition Physics') },
    ],
    [
      'no source',
      { datasets: { [A]: { blocks: { b1: [100, 50] }, replicas: [{ site: 'T2_US_MIT', files: [0] }] } } },
      {},
      {},
      { reason: 'no-source', why: 'block b1 has files of which no source is known' },
    ],
    ['a source that may not be read', {}, { sourceSites: ['site.name == T2_CH_CERN'] }, {}, { reason: 'no-source' }],
    [
      'being deleted for others',
      {
        datasets: {
          [A]: {
            blocks: { b1: [100] },
            replicas: [{ site: 'T2_US_MIT' }, { site: 'T2_DE_DESY', operation: 'delete' }],
          },
        },
      },
      {},
      { group: 'DataOps' },
      { reason: 'being-deleted' },
    ],
    [
      'no site left',
      { sites: { T2_US_MIT: {}, T2_DE_DESY: { quota: 100 }, T2_CH_CERN: { status: 'morgue' } } },
      {},
      { sites: ['*'], copies: 2 },
      { reason: 'no-destination', why: 'no site can take it: 1 not ready, 1 too full, 1 have it' },
    ],
  ])('%s', async (_title, changed, changes, wanted, expected) => {
    expect(await refusalOf(changed, changes, wanted)).toMatchObject(expected);
  });

  it('two partial replicas that make a whole are a source, file by file', async () => {
    const datasets = {
      [A]: {
        blocks: { b1: [100, 50] },
        replicas: [
          { site: 'T2_US_MIT', files: [0] },
          { site: 'T2_CH_CERN', files: [1] },
        ],
      },
    };
    using view = await viewOf({ ...world, datasets });
    const request = copyRequest(1, { datasets: [A], sites: ['T2_DE_DESY'] });
    expect(planDealer(view, { requests: [request], now: NOW, seed: 1 }).volume).toBe(150);
  });
});

describe('what counts', () => {
  it('a partial replica at the destination: only what is missing is added', async () => {
    const datasets = {
      [A]: {
        blocks: { b1: [100, 50] },
        replicas: [{ site: 'T2_US_MIT' }, { site: 'T2_DE_DESY', files: [0] }],
      },
    };
    const sites = { ...world.sites, T2_DE_DESY: { quota: 150 } };
    using view = await viewOf({ ...world, sites, datasets });
    const request = copyRequest(1, { datasets: [A], sites: ['T2_DE_DESY'] });
    const configuration = configured({ targetSiteOccupancy: 1 });
    const result = planDealer(view, { configuration, requests: [request], now: NOW, seed: 1 });
    expect(result.sites).toEqual([
      {
        site: 'T2_DE_DESY',
        partition: 'Physics',
        quota: 150,
        projectedBefore: 100,
        projectedAfter: 150,
        pendingBefore: 0,
        pendingAfter: 50,
      },
    ]);
  });

  it('open copies count once, in the projected occupancy that the inventory keeps', async () => {
    const datasets = {
      [A]: { blocks: { b1: [300] }, replicas: [{ site: 'T2_US_MIT' }] },
      '/B/x/AOD': {
        blocks: { b: [300] },
        replicas: [{ site: 'T2_US_MIT' }, { site: 'T2_DE_DESY', files: [], operation: 'copy' as const }],
      },
    };
    const take = async (quota: number) => {
      using view = await viewOf({ ...world, sites: { ...world.sites, T2_DE_DESY: { quota } }, datasets });
      const request = copyRequest(1, { datasets: [A, '/B/x/AOD'], sites: ['T2_DE_DESY'] });
      const configuration = configured({ targetSiteOccupancy: 1 });
      return planDealer(view, { configuration, requests: [request], now: NOW, seed: 1 }).volume;
    };
    expect(await take(600)).toBe(300);
    expect(await take(599)).toBe(0);
  });

  it('data that is there for another group is handed over, not copied; also where the site is free to choose', async () => {
    const datasets = {
      [A]: { blocks: { b1: [100] }, replicas: [{ site: 'T2_US_MIT' }, { site: 'T2_CH_CERN', group: 'DataOps' }] },
    };
    const { inventory } = await openWorld({
      ...world,
      sites: { ...world.sites, T2_CH_CERN: { quota: 110 } },
      datasets,
    });
    const request = copyRequest(1, { datasets: [A], sites: ['*'], copies: 2, group: 'AnalysisOps' });
    await inventory.update(AUTHOR, (draft) => draft.putRequest(null, request));
    const result = planDealer(inventory.view(), {
      configuration: configured({}),
      requests: [request],
      now: NOW,
      seed: 1,
    });
    expect(result.steps).toMatchObject([
      { kind: 'hand-over', site: 'T2_CH_CERN', to: 'AnalysisOps', facts: { group: 'DataOps' } },
    ]);
    expect(result.volume).toBe(0);
    await inventory.carryOut(dealerPlan(result), AUTHOR);
    expect(inventory.view().dataset(A)?.block('b1')?.replica('T2_CH_CERN')?.group).toBe('AnalysisOps');
  });
});

describe('several plug-ins', () => {
  const bidder = (name: string, group: number | null): DealerPlugin => ({
    name,
    propose: ({ tables }) => ({
      proposals: [
        {
          dataset: tables.datasets.find(A),
          blocks: null,
          destinations: [tables.sites.find('T2_DE_DESY')],
          group,
          reason: name,
        },
      ],
    }),
  });

  it('the group of the higher priority wins, whichever is drawn first', async () => {
    using view = await viewOf(world);
    const [analysis, production] = ['AnalysisOps', 'DataOps'].map((name) => view.tables.groups.find(name)) as [
      number,
      number,
    ];
    const outcomes = Array.from({ length: 20 }, (_, seed) => {
      const result = planDealer(view, {
        configuration: configured({ plugins: [] }),
        plugins: [
          { plugin: bidder('low', analysis), priority: 4 },
          { plugin: bidder('high', production), priority: 2 },
        ],
        now: NOW,
        seed,
      });
      expect(result.steps).toMatchObject([{ group: 'DataOps' }, { group: 'DataOps' }]);
      expect(result.volume).toBe(300);
      return result.taken[0]?.plugin;
    });
    expect(new Set(outcomes)).toEqual(new Set(['low', 'high']));
  });

  it('draws by 1 / priority, and those of priority 0 first', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `/X/${i}/AOD`);
    const datasets = Object.fromEntries(
      names.map((name) => [name, { blocks: { b: [1] }, replicas: [{ site: 'T2_US_MIT' }] }]),
    );
    using view = await viewOf({ ...world, datasets });
    const many = (name: string, from: number): DealerPlugin => ({
      name,
      propose: ({ tables }) => ({
        proposals: names.slice(from, from + 20).map((dataset) => ({
          dataset: tables.datasets.find(dataset),
          blocks: null,
          destinations: null,
          group: null,
          reason: name,
        })),
      }),
    });
    const plugins = [
      { plugin: many('slow', 0), priority: 9 },
      { plugin: many('fast', 20), priority: 1 },
      { plugin: many('first', 40), priority: 0 },
    ];
    const { taken } = planDealer(view, { configuration: configured({ plugins: [] }), plugins, now: NOW, seed: 3 });
    const order = taken.map(({ plugin }) => plugin);
    expect(order.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'first'));
    expect(order.slice(20, 35).filter((name) => name === 'fast').length).toBeGreaterThan(10);
    expect(order.length).toBe(60);
  });
});
