import type { BlockName, DatasetName, GroupName, PartitionName, RuleRecord, SiteName } from '@dynamo/core';
import { joinKey } from '@dynamo/core';
import { expect, it } from 'vitest';
import { carryOutDealer } from './carry-out-dealer.ts';
import { DEFAULT_DEALER_CONFIGURATION } from './dealer-configuration.ts';
import { dealerPlan } from './dealer-plan.ts';
import { AUTHOR, copyRequest, NOW, openWorld, type World } from './fixtures/dealer-world.ts';
import { planDealer } from './plan-dealer.ts';
import { requestsOfPlan } from './requests-of-plan.ts';

const A = '/A/x/y';
const B = '/B/x/y';
const world: World = {
  sites: { T2_A: {}, T2_B: {} },
  datasets: {
    [A]: { blocks: { b1: [100], b2: [100] }, replicas: [{ site: 'T2_A' }] },
    [B]: { blocks: { b: [100] }, replicas: [{ site: 'T2_A' }] },
  },
};
const configuration = { ...DEFAULT_DEALER_CONFIGURATION, maxSitePendingFraction: 1 };

it('what no longer has room is dropped, dataset by dataset, and the history says why', async () => {
  const { inventory } = await openWorld(world);
  const requests = [
    copyRequest(1, { datasets: [A], sites: ['T2_B'] }),
    copyRequest(2, { datasets: [B], sites: ['T2_B'] }),
  ];
  await inventory.update(AUTHOR, (draft) => {
    for (const request of requests) draft.putRequest(null, request);
  });
  const plan = dealerPlan(planDealer(inventory.view(), { configuration, requests, now: NOW, seed: 1 }));
  expect(plan.steps.length).toBe(3);
  await inventory.update(AUTHOR, (draft) => {
    draft.put('quota', { site: 'T2_B' as SiteName, partition: 'Physics' as PartitionName, bytes: 150 });
  });
  const { result, cycle } = await inventory.update(AUTHOR, (draft) =>
    carryOutDealer(draft, plan, { configuration, now: NOW }),
  );
  expect(cycle).not.toBeNull();
  expect(result.done).toMatchObject([{ dataset: B }]);
  expect(result.dropped).toMatchObject([
    { step: { dataset: A, block: 'b1' }, why: 'Physics at T2_B would be filled to 133.3 %, at most 90.0 % is allowed' },
    { step: { dataset: A, block: 'b2' } },
  ]);
});

it('a plan whose facts have gone orders nothing and breaks nothing', async () => {
  const { inventory } = await openWorld({ ...world, groups: ['AnalysisOps', 'Gone'] });
  const request = copyRequest(1, { datasets: [A], sites: ['T2_B'], group: 'Gone' });
  const { steps, ...plan } = dealerPlan(
    planDealer(inventory.view(), { configuration, requests: [request], now: NOW, seed: 1 }),
  );
  await inventory.update(AUTHOR, (draft) => draft.delete('group', 'Gone', { source: 'operator', text: 'not needed' }));
  const { result } = await inventory.update(AUTHOR, (draft) =>
    carryOutDealer(draft, { ...plan, requests: [], steps }, { configuration, now: NOW }),
  );
  expect(result.done).toEqual([]);
  expect(result.dropped).toMatchObject([{ why: 'there is no group Gone any more' }, {}]);
  expect('Gone' as GroupName).not.toBe(inventory.view().dataset(A)?.replica('T2_B')?.group);
});

it('a rule that was changed while the plan was made is left out, though the plan does not move it on', async () => {
  const { inventory, store } = await openWorld(world);
  const rule: RuleRecord = {
    ...{ id: 1, kind: 'rule', user: 'bob', datasets: [B], sites: ['T2_*'], copies: 2, group: null, until: null },
    ...{ progress: null, state: 'new', createdAt: NOW, updatedAt: NOW, reason: '' },
  };
  // Its words are as the last cycle left them, so that there is nothing to write about it.
  const [change] = planDealer(inventory.view(), { requests: [rule], now: NOW, seed: 1 }).requests;
  const known = change?.after as RuleRecord;
  const changed = { ...known, copies: 1 };
  await inventory.update(AUTHOR, (draft) => draft.putRequest(null, changed));
  const plan = dealerPlan(planDealer(inventory.view(), { configuration, requests: [known], now: NOW, seed: 1 }));
  expect([plan.requests, plan.steps.length, requestsOfPlan(plan)]).toEqual([[], 1, [1]]);
  const circumstances = { configuration, now: NOW, requests: new Map([[1, await store.requests.get(1)]]) };
  const { result } = await inventory.update(AUTHOR, (draft) =>
    carryOutDealer(draft, plan, { ...circumstances, planned: new Map([[1, known]]) }),
  );
  expect(result).toMatchObject({
    done: [],
    stale: [{ request: 1, why: expect.stringContaining('rule 1 has changed') }],
  });
});

it('what came to be there for another group is left to the next cycle, which hands it over', async () => {
  const { inventory, files } = await openWorld({ ...world, groups: ['AnalysisOps', 'DataOps'] });
  const request = copyRequest(1, { datasets: [B], sites: ['T2_B'], group: 'AnalysisOps' });
  await inventory.update(AUTHOR, (draft) => draft.putRequest(null, request));
  const inputs = { configuration, requests: [request], now: NOW, seed: 1 };
  const plan = dealerPlan(planDealer(inventory.view(), inputs));
  await inventory.update(AUTHOR, (draft) => {
    const replica = { site: 'T2_B' as SiteName, dataset: B as DatasetName, block: 'b' as BlockName };
    draft.openCopy(replica, { group: 'DataOps' as GroupName, reason: { source: 'operator', text: 'by hand' } });
    const evidence = { kind: 'declared', by: 'test', reason: 'it arrived' } as const;
    draft.recordFact({ kind: 'files-arrived', replica, files: files.get(joinKey(B, 'b')) ?? [], evidence });
  });
  const { result } = await inventory.update(AUTHOR, (draft) =>
    carryOutDealer(draft, plan, { configuration, now: NOW }),
  );
  const why = 'the block is there already, and owned by DataOps: the next cycle can hand it over';
  expect(result).toMatchObject({ done: [], dropped: [{ why }] });
  const next = planDealer(inventory.view(), inputs);
  expect(next.steps).toMatchObject([{ kind: 'hand-over', site: 'T2_B', to: 'AnalysisOps' }]);
});
