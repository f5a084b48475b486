import type { PartitionName, SiteName } from '@dynamo/core';
import { createManualClock, type ManualClock } from '@dynamo/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../configuration/read-configuration.ts';
import { type Answer, datasetName, type RestFixture, restFixture } from '../fixtures/rest-fixture.ts';

const START = 1_767_225_600;
/** Deletes three of the four datasets at T1_A: 3006 bytes. */
const POLICY = `Partition Physics
On site.name == T1_A
When site.occupancy > 0.5
Until site.occupancy < 0.3
Protect dataset.name == ${datasetName(0)}
Dismiss
Order none
`;

let clock: ManualClock;
let fixture: RestFixture;
beforeEach(async () => {
  clock = createManualClock({ startSeconds: START });
  const { guard } = defaultConfiguration('/nowhere');
  const approval = { bytes: 2500, replicas: null, approvers: ['alice', 'bob'], expireSeconds: 3600 };
  fixture = await restFixture({ datasets: 4, clock, configuration: { guard: { ...guard, approval } } });
  await fixture.application.inventory.update({ application: 'test', user: 'test' }, (draft) => {
    const name = 'Physics' as PartitionName;
    draft.put('partition', { name, condition: 'blockreplica.owner == AnalysisOps' });
    draft.put('quota', { site: 'T1_A' as SiteName, partition: name, bytes: 5000 });
  });
});
afterEach(() => fixture[Symbol.asyncDispose]());

const as = (user: string, path: string, body: unknown = {}): Promise<Answer> =>
  fixture.ask(path, { method: 'POST', body, headers: { 'dynamo-user': user } });
const commit = (user: string): Promise<Answer> => as(user, '/api/detox', { policy: POLICY, commit: true });
const decide = (verb: string, user: string, id: number, body: unknown = {}): Promise<Answer> =>
  as(user, `/api/detox/pending/${id}/${verb}`, body);
const refusal = ({ status, json }: Answer): [number, string] => [status, json.error.message];
const openOperations = async (): Promise<number> => (await fixture.ask('/api/operations')).json.length;

describe('a plan that deletes more than one person may', () => {
  it('waits, and is carried out as far as it still fits when another person approves', async () => {
    const made = await commit('alice');
    expect(made.json).toMatchObject({ cycle: null, done: 0, waiting: { id: 1, bytes: 3006, replicas: 3 } });
    expect(await openOperations()).toBe(0);
    // Made again, it is the first one that waits.
    expect((await commit('bob')).json).toMatchObject({ waiting: { id: 1, madeBy: 'alice' } });
    expect((await fixture.ask('/api/detox/pending')).json).toMatchObject([{ id: 1, state: 'waiting' }]);
    const whole = (await fixture.ask('/api/detox/pending/1')).json;
    expect(whole.document).toEqual((await as('alice', '/api/detox', { policy: POLICY })).json);

    expect(refusal(await decide('approve', 'alice', 1))).toEqual([
      422,
      expect.stringMatching(/made by alice: another/),
    ]);
    expect(refusal(await decide('approve', 'eve', 1))).toEqual([422, expect.stringMatching(/eve is none of those/)]);
    expect((await decide('approve', 'bob', 1, { coment: 'x' })).status).toBe(400);
    expect((await decide('approve', 'bob', 2)).status).toBe(404);
    expect(await openOperations()).toBe(0);

    await as('carol', '/api/locks', { dataset: datasetName(2), site: 'T1_A' });
    const [first, second] = await Promise.all([
      decide('approve', 'bob', 1, { comment: 'agreed' }),
      decide('approve', 'bob', 1),
    ]);
    expect(first.json).toMatchObject({ cycle: 1, done: 2, waiting: null });
    expect(first.json.dropped).toMatchObject([{ why: expect.stringMatching(/locked/) }]);
    expect(refusal(second)).toEqual([409, 'plan 1 is carried-out already, by bob']);
    expect(await openOperations()).toBe(2);
    const { document } = (await fixture.ask('/api/cycles/1')).json;
    const approval = { plan: 1, madeBy: 'alice', madeAt: START, approvedBy: 'bob', comment: 'agreed' };
    expect(document).toMatchObject({ approval });
    expect((await fixture.ask('/api/detox/pending')).json).toEqual([]);
    expect((await fixture.ask('/api/detox/pending?all=true')).json).toMatchObject([
      { id: 1, state: 'carried-out', decision: { by: 'bob', time: START, cycle: 1 } },
    ]);
  });

  it('is not carried out once rejected, or expired', async () => {
    await commit('alice');
    expect((await decide('reject', 'alice', 1, { comment: 'a mistake' })).json).toMatchObject({ state: 'rejected' });
    expect(refusal(await decide('approve', 'bob', 1))).toEqual([409, 'plan 1 is rejected already, by alice']);
    expect((await commit('alice')).json).toMatchObject({ waiting: { id: 2 } });
    await clock.advance(3_600_000);
    expect(refusal(await decide('approve', 'bob', 2))).toEqual([422, 'plan 2 has expired: make it anew']);
    expect((await fixture.ask('/api/detox/pending')).json).toEqual([]);
    expect((await commit('alice')).json).toMatchObject({ waiting: { id: 3 } });
    expect(await openOperations()).toBe(0);
  });

  it('has no way round by a document; a smaller one needs nobody', async () => {
    const replicas = [1, 2, 3].map((i) => ({ dataset: datasetName(i), site: 'T1_A' }));
    const refused = await as('alice', '/api/delete', { datasetreplica: replicas });
    expect(refusal(refused)).toEqual([422, expect.stringMatching(/second person's approval \(approval\)/)]);
    expect(await openOperations()).toBe(0);
    expect((await as('alice', '/api/delete', { datasetreplica: replicas.slice(0, 1) })).status).toBe(200);
    expect((await commit('alice')).json).toMatchObject({ cycle: 1, done: 2, waiting: null });
  });
});
