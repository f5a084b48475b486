/** What every store of plans that wait for approval must do. */
import assert from 'node:assert/strict';
import type { Version } from '../seams/commit.ts';
import type { PlanDecision, WaitingPlan } from '../seams/plan-store.ts';
import type { Store } from '../seams/store.ts';
import { type ContractCheck, storeCheck } from './contract-check.ts';

type StoreUnderTest = Pick<Store, 'plans' | 'close'>;

/** `make` gives an empty store that may write, anew for each check. */
export function planStoreContract(make: () => Promise<StoreUnderTest>): readonly ContractCheck[] {
  const check = (name: string, body: (store: StoreUnderTest) => Promise<void>): ContractCheck =>
    storeCheck(make, name, body);

  return [
    check('keeps plans with their content, newest first', async ({ plans }) => {
      assert.deepEqual(await plans.list(), []);
      assert.equal(await plans.read(1), null);
      // More than one row of a database takes, and nothing that packs well.
      const long = Array.from({ length: 250_000 }, (_, i) => (i * 2_654_435_761) % 4_294_967_296).join('é');
      const first = await plans.add(waiting(10), long);
      const second = await plans.add(waiting(11), 'short');
      assert.deepEqual(await plans.list(), [
        { ...waiting(11), id: second, decision: null },
        { ...waiting(10), id: first, decision: null },
      ]);
      assert.deepEqual(await plans.read(first), { plan: { ...waiting(10), id: first, decision: null }, content: long });
      assert.equal((await plans.list({ limit: 1 })).length, 1);
    }),

    check('takes one decision about each, and forgets the content then', async ({ plans }) => {
      const id = await plans.add(waiting(10), 'content');
      const other = await plans.add(waiting(11), 'other');
      assert.equal(await plans.decide(id, DECISION), true);
      assert.equal(await plans.decide(id, { ...DECISION, outcome: 'rejected' }), false);
      assert.equal(await plans.decide(99, DECISION), false);
      assert.deepEqual(await plans.read(id), { plan: { ...waiting(10), id, decision: DECISION }, content: null });
      assert.deepEqual(
        (await plans.list({ undecided: true })).map((plan) => plan.id),
        [other],
      );
      assert.equal((await plans.read(other))?.content, 'other');
    }),

    check('forgets the content of those that have expired', async ({ plans }) => {
      const old = await plans.add(waiting(10), 'old');
      const young = await plans.add(waiting(10 + LIFE), 'young');
      assert.equal((await plans.read(old))?.content, null);
      assert.equal((await plans.read(young))?.content, 'young');
    }),
  ];
}

const LIFE = 100;

const DECISION: PlanDecision = { outcome: 'carried-out', by: 'bob', time: 20, comment: 'agreed: é', cycle: 7 };

function waiting(madeAt: number): Omit<WaitingPlan, 'id' | 'decision'> {
  return {
    ...{ planner: 'detox', title: 'Detox P', planVersion: 5 as Version, madeBy: 'alice', madeAt },
    ...{ expiresAt: madeAt + LIFE, bytes: 2 ** 50, replicas: 12 },
  };
}
