import type { InventoryView, RequestRecord } from '@dynamo/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { carryOutDealer } from './carry-out-dealer.ts';
import { DEFAULT_DEALER_CONFIGURATION, type DealerConfiguration } from './dealer-configuration.ts';
import { dealerPlan } from './dealer-plan.ts';
import {
  AUTHOR,
  copyRequest,
  endCopies,
  NOW,
  openWorld,
  viewOf,
  type World,
  type WorldDataset,
} from './fixtures/dealer-world.ts';
import { planDealer } from './plan-dealer.ts';
import { requestsOfPlan } from './requests-of-plan.ts';
import type { UserRule } from './rules/copy-rule.ts';
import type { RuleReport } from './rules/rule-report.ts';

const SITES = ['T1_A', 'T2_B', 'T2_C', 'T2_D', 'T3_E'];
const GROUPS = ['AnalysisOps', 'DataOps'];
const DATASETS = ['/A/x/y', '/B/x/y', '/C/x/z', '/D/x/z'];

const replica = fc.record(
  {
    site: fc.constantFrom(...SITES),
    group: fc.constantFrom('AnalysisOps', 'DataOps', null),
    blocks: fc.subarray(['b1', 'b2']),
    files: fc.subarray([0, 1]),
    operation: fc.constantFrom('copy' as const, 'delete' as const),
  },
  { requiredKeys: ['site', 'group'] },
);

const dataset: fc.Arbitrary<WorldDataset> = fc.record({
  status: fc.constantFrom('valid', 'valid', 'valid', 'production', 'invalid'),
  blocks: fc.record({
    b1: fc.array(fc.nat(100), { maxLength: 2 }),
    b2: fc.array(fc.nat(100), { minLength: 1, maxLength: 2 }),
  }),
  replicas: fc.uniqueArray(replica, { selector: ({ site }) => site, maxLength: 4 }),
});

const world: fc.Arbitrary<World> = fc.record({
  groups: fc.constant(GROUPS),
  partitions: fc.constantFrom(
    { Physics: 'site.storage_type == DISK' },
    { Analysis: 'blockreplica.owner == AnalysisOps', Production: 'blockreplica.owner == DataOps' },
    { Physics: 'site.storage_type == DISK', Analysis: 'blockreplica.owner == AnalysisOps and dataset.name != /A/*' },
  ),
  sites: fc
    .tuple(
      ...SITES.map(() =>
        fc.record({
          quota: fc.constantFrom(-1, 0, 100, 300, 500, 2000),
          status: fc.constantFrom('ready' as const, 'ready' as const, 'ready' as const, 'morgue' as const),
          storage: fc.constantFrom('disk' as const, 'disk' as const, 'mss' as const),
        }),
      ),
    )
    .map((sites) => Object.fromEntries(SITES.map((name, i) => [name, sites[i] ?? {}]))),
  datasets: fc
    .tuple(...DATASETS.map(() => dataset))
    .map((datasets) => Object.fromEntries(DATASETS.map((name, i) => [name, datasets[i] as WorldDataset]))),
});

const request = fc
  .record({
    datasets: fc.uniqueArray(fc.constantFrom(...DATASETS, '/*/x/z', '/B/x/y#b1', '/A/x/y#b?', '/gone'), {
      minLength: 1,
      maxLength: 3,
    }),
    sites: fc.uniqueArray(fc.constantFrom(...SITES, 'T2_*', '*', 'T9'), { minLength: 1, maxLength: 3 }),
    copies: fc.constantFrom(undefined, 1, 2, 7),
    group: fc.constantFrom(undefined, ...GROUPS),
  })
  .map(({ copies, group, ...rest }) => ({
    ...rest,
    ...(copies === undefined ? {} : { copies }),
    ...(group === undefined ? {} : { group }),
  }));

const requests = fc.array(request, { maxLength: 4 }).map((all) => all.map((wanted, i) => copyRequest(i + 1, wanted)));

const rules: fc.Arbitrary<UserRule[]> = fc
  .array(
    fc.record({
      datasets: fc.constantFrom(['/A/*'], ['*']),
      sites: fc.constantFrom(['T2_*'], ['*']),
      copies: fc.integer({ min: 1, max: 3 }),
      group: fc.constantFrom(null, ...GROUPS),
    }),
    { maxLength: 2 },
  )
  .map((all) => all.map((rule, i) => ({ ...rule, id: i + 1, user: 'bob', until: null })));

const configuration: fc.Arbitrary<DealerConfiguration> = fc
  .record({
    targetSiteOccupancy: fc.constantFrom(0.5, 0.9, 1),
    maxSitePendingFraction: fc.constantFrom(0.2, 1),
    maxTotalCycleVolume: fc.constantFrom(100, 300, 1e6),
    group: fc.constantFrom(null, ...GROUPS),
    requests: fc.constantFrom(0, 1, 3),
    undertaker: fc.boolean(),
  })
  .map(({ requests: priority, undertaker, ...rest }) => ({
    ...DEFAULT_DEALER_CONFIGURATION,
    ...rest,
    plugins: [
      { plugin: 'copy_requests', priority, wholeDatasetFraction: 0.5 },
      { plugin: 'rules', priority: 2 },
      ...(undertaker
        ? [
            {
              plugin: 'undertaker',
              priority: 1,
              sites: ['site.status != READY'],
              named: [],
              rates: { bytesPerSecond: 1, sites: new Map() },
            } as const,
          ]
        : []),
    ],
  }));

const scene = fc.record({ world, requests, rules, configuration, seed: fc.nat(1000) });

/** Of every site partition with a stated quota: bytes. */
function usage(view: InventoryView): Map<string, { quota: number; projected: number; pending: number }> {
  const all = [...view.sites()].flatMap((site) =>
    [...view.partitions()].flatMap(({ name }): [string, { quota: number; projected: number; pending: number }][] => {
      const { quota, projected, physical } = site.usage(name);
      return quota === null ? [] : [[`${site.name} ${name}`, { quota, projected, pending: projected - physical }]];
    }),
  );
  return new Map(all);
}

it('limits hold, nothing is overfilled, every step can be taken, and what is announced is what comes', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ world, configuration, ...inputs }) => {
      const { inventory } = await openWorld(world);
      const before = usage(inventory.view());
      const result = planDealer(inventory.view(), { ...inputs, configuration, now: NOW });
      expect(result.volume).toBeLessThanOrEqual(configuration.maxTotalCycleVolume);
      for (const { proposed, taken, plugin } of result.plugins) {
        expect(proposed).toBe(taken + result.refused.filter((each) => each.plugin === plugin).length);
      }
      const plan = { ...dealerPlan(result), requests: [] };
      const { result: outcome } = await inventory.update(AUTHOR, (draft) =>
        carryOutDealer(draft, plan, { configuration, now: NOW }),
      );
      expect(outcome.dropped).toEqual([]);
      const announced = new Map(result.sites.map((each) => [`${each.site} ${each.partition}`, each]));
      for (const [place, after] of usage(inventory.view())) {
        const { quota, projected, pending } = before.get(place) as typeof after;
        if (quota >= 0) {
          expect(after.projected, place).toBeLessThanOrEqual(
            Math.max(projected, configuration.targetSiteOccupancy * quota),
          );
          expect(after.pending, place).toBeLessThanOrEqual(
            Math.max(pending, configuration.maxSitePendingFraction * quota),
          );
        }
        expect(after.projected, place).toBeLessThanOrEqual(announced.get(place)?.projectedAfter ?? projected);
        if (plan.steps.every(({ kind }) => kind === 'copy')) {
          expect(after.projected, place).toBe(announced.get(place)?.projectedAfter ?? projected);
        }
      }
    }),
    { numRuns: 150 },
  );
});

it('the same inputs give the same plan, byte for byte, in whatever order the inventory came to be', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ world, ...inputs }) => {
      using view = await viewOf(world);
      const reversed = {
        groups: [...GROUPS].reverse(),
        partitions: Object.fromEntries(Object.entries(world.partitions ?? {}).reverse()),
        sites: Object.fromEntries(Object.entries(world.sites).reverse()),
        datasets: Object.fromEntries(Object.entries(world.datasets).reverse()),
      };
      using other = await viewOf(reversed);
      const plan = (from: InventoryView) => JSON.stringify(dealerPlan(planDealer(from, { ...inputs, now: NOW })));
      expect(plan(view)).toBe(plan(view));
      expect(plan(other).replaceAll(/"lastUpdate":\d+/g, '')).toBe(plan(view).replaceAll(/"lastUpdate":\d+/g, ''));
    }),
    { numRuns: 100 },
  );
});

it('every request ends satisfied or says why not; copies that fail are ordered again, and nothing is lost between cycles', async () => {
  const failing = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(scene, failing, async ({ world, configuration, requests, seed }, fails) => {
      const opened = await openWorld(world);
      const { inventory } = opened;
      await inventory.update(AUTHOR, (draft) => {
        for (const each of requests) draft.putRequest(null, each);
      });
      let open: RequestRecord[] = [...requests];
      const ended: RequestRecord[] = [];
      for (let cycle = 0; cycle < 12; cycle++) {
        const result = planDealer(inventory.view(), {
          configuration,
          requests: open,
          now: NOW + cycle,
          seed: seed + cycle,
        });
        const plan = dealerPlan(result);
        await inventory.update(AUTHOR, (draft) => carryOutDealer(draft, plan, { configuration, now: NOW + cycle }));
        const changed = new Map(result.requests.map(({ after }) => [after.id, after]));
        const now = open.map((each) => changed.get(each.id) ?? each);
        ended.push(...now.filter(({ state }) => state !== 'active'));
        open = now.filter(({ state }) => state === 'active');
        await endCopies(opened, (site) => !(fails[cycle] ?? false) || site === 'T2_B');
      }
      for (const { state, reason } of [...open, ...ended]) {
        expect(reason).not.toBe('');
        if (state === 'done') expect(reason).toMatch(/^(\d+) of \1 there$/);
        if (state === 'active') expect(reason, 'what is still open waits for a reason').toMatch(/waiting: .*\(to do: /);
        if (state === 'rejected')
          expect(reason).toMatch(/there is no|no site|no valid|no block|dataset .* is |nothing/);
      }
      expect(open.length + ended.length).toBe(requests.length);
    }),
    { numRuns: 60 },
  );
});

it('two plans made on one version, for whatever requests, never overfill a destination between them', async () => {
  await fc.assert(
    fc.asyncProperty(scene, requests, async ({ world, configuration, ...inputs }, others) => {
      const { inventory } = await openWorld(world);
      const before = usage(inventory.view());
      const moved = others.map((each) => ({ ...each, id: each.id + 100 }));
      const plans = [inputs, { ...inputs, requests: moved, seed: inputs.seed + 1 }].map((each) => ({
        ...dealerPlan(planDealer(inventory.view(), { ...each, configuration, now: NOW })),
        requests: [],
      }));
      for (const plan of plans) {
        const { result } = await inventory.update(AUTHOR, (draft) =>
          carryOutDealer(draft, plan, { configuration, now: NOW }),
        );
        expect(result.done.length + result.dropped.length).toBe(plan.steps.length);
        for (const { why } of result.dropped) expect(why).not.toBe('');
      }
      for (const [place, after] of usage(inventory.view())) {
        const { quota, projected, pending } = before.get(place) as typeof after;
        if (quota < 0) continue;
        const { targetSiteOccupancy: full, maxSitePendingFraction: coming } = configuration;
        expect(after.projected, place).toBeLessThanOrEqual(Math.max(projected, full * quota));
        expect(after.pending, place).toBeLessThanOrEqual(Math.max(pending, coming * quota));
      }
    }),
    { numRuns: 150 },
  );
});

it('what happens to requests and data between plan and commit drops their part alone, and is said', async () => {
  const fate = fc.constantFrom('stays', 'cancelled', 'changed', 'gone');
  const fates = fc.array(fate, { minLength: 4, maxLength: 4 });
  const vanishing = fc.constantFrom(null, ...DATASETS);
  await fc.assert(
    fc.asyncProperty(scene, fates, vanishing, async ({ world, configuration, requests, seed }, fates, vanished) => {
      const inputs = { requests, seed };
      const { inventory, store } = await openWorld(world);
      await inventory.update(AUTHOR, (draft) => {
        for (const each of inputs.requests) draft.putRequest(null, each);
      });
      const plan = dealerPlan(planDealer(inventory.view(), { ...inputs, configuration, now: NOW }));
      await inventory.update(AUTHOR, (draft) => {
        for (const [i, request] of inputs.requests.entries()) {
          if (fates[i] === 'cancelled') draft.putRequest(request, { ...request, state: 'cancelled', reason: 'by me' });
          if (fates[i] === 'changed') draft.putRequest(request, { ...request, copies: 6 });
        }
        const record = vanished === null ? null : draft.record('dataset', vanished);
        if (record !== null) draft.put('dataset', { ...record, status: 'deleted' });
      });
      const gone = new Set(inputs.requests.filter((_, i) => fates[i] === 'gone').map(({ id }) => id));
      const present = new Map<number, RequestRecord | null>();
      for (const id of requestsOfPlan(plan)) present.set(id, gone.has(id) ? null : await store.requests.get(id));
      const { result } = await inventory.update(AUTHOR, (draft) =>
        carryOutDealer(draft, plan, { configuration, now: NOW, requests: present }),
      );
      expect(result.done.length + result.dropped.length).toBe(plan.steps.length);
      const touched = new Set(inputs.requests.filter((_, i) => fates[i] !== 'stays').map(({ id }) => id));
      for (const { dataset, reason } of result.done) {
        expect(dataset).not.toBe(vanished);
        const [word, id] = (reason.reference ?? '').split(' ');
        if (word === 'request') expect(touched.has(Number(id)), 'nothing is done for one that has changed').toBe(false);
      }
      for (const { after } of plan.requests) {
        const now = await store.requests.get(after.id);
        const stale = result.stale.find(({ request }) => request === after.id);
        expect(stale !== undefined).toBe(touched.has(after.id));
        if (stale !== undefined) continue;
        expect(now?.state).toBe(after.state);
        const missed = result.dropped.some(({ step }) => step.reason.reference === `request ${after.id}`);
        expect(now?.reason.startsWith(`${after.reason}; not ordered: `), now?.reason).toBe(missed);
      }
    }),
    { numRuns: 100 },
  );
});

it('of each rule, what is there, on the way and missing makes up what it needs; one that is not satisfied says why', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ world, rules, ...inputs }) => {
      using view = await viewOf(world);
      const result = planDealer(view, { ...inputs, rules, now: NOW });
      const { report } = result.plugins.find(({ plugin }) => plugin === 'rules') ?? {};
      const { rules: reports } = report as { readonly rules: readonly RuleReport[] };
      expect(reports.map(({ rule }) => rule)).toEqual(rules.map(({ id }) => `rule ${id} of bob`));
      for (const each of reports) {
        expect(each.there + each.on_the_way + each.missing, each.rule).toBe(each.copies);
        if (each.state === 'satisfied') expect(each.there).toBe(each.copies);
        if (each.state === 'stuck') expect([each.why, each.remedy]).not.toContain(undefined);
        if (each.state === 'on the way') expect(each.on_the_way + each.missing).toBeGreaterThan(0);
      }
    }),
    { numRuns: 200 },
  );
});
