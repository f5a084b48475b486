import type { PartitionName, RequestRecord, SiteName } from '@dynamo/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetName, type RestFixture, restFixture } from '../fixtures/rest-fixture.ts';

const POLICY = `Partition Physics
On site.name == T1_A
When site.occupancy > 0.5
Until site.occupancy < 0.3
Protect dataset.name == ${datasetName(0)}
Dismiss
Order none
`;

let fixture: RestFixture;
beforeEach(async () => {
  fixture = await restFixture({ datasets: 4, limits: { documentBytes: 4000 } });
  await fixture.application.inventory.update({ application: 'test', user: 'test' }, (draft) => {
    const name = 'Physics' as PartitionName;
    draft.put('partition', { name, condition: 'blockreplica.owner == AnalysisOps' });
    draft.put('quota', { site: 'T1_A' as SiteName, partition: name, bytes: 5000 });
  });
});
afterEach(() => fixture[Symbol.asyncDispose]());

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const post = (path: string, body: unknown) => fixture.ask(path, { method: 'POST', body });

function document(file: object = { name: '/store/new/1.root', size: 10 }): object {
  const blocks = [{ name: 'one', files: [{ ...file, site: 'T1_A' }] }];
  return {
    dataset: [{ name: '/New/Era-v1/AOD', status: 'valid', blocks }],
    datasetreplica: [{ dataset: '/New/Era-v1/AOD', site: 'T1_A', group: 'AnalysisOps', growing: true }],
  };
}

describe('injection', () => {
  it('can be read back, and changes nothing the second time', async () => {
    const first = await post('/api/inject', document());
    expect(first.json).toMatchObject({ summary: { datasets: 1, blocks: 1, files: 1 } });
    expect(first.json.version).toBe(Number(first.headers['dynamo-version']));
    const shown = await fixture.ask(`/api/datasets/${encodeURIComponent('/New/Era-v1/AOD')}`);
    expect(shown.json).toMatchObject({ size: 10, files: 1, replicas: [{ site: 'T1_A', full: true }] });
    const again = await post('/api/inject', document());
    expect(again.json).toMatchObject({ version: first.json.version, summary: { datasets: 0, files: 0 } });
  });

  it('of the same dataset by two at once happens once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('/api/inject', document())));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    const files = answers.reduce((sum, { json }) => sum + json.summary.files, 0);
    expect(files).toBe(1);
    expect(new Set(answers.map(({ json }) => json.version)).size).toBe(1);
  });

  it('of two documents that contradict each other at once: one is in, the other is told where', async () => {
    const answers = await Promise.all([
      post('/api/inject', document()),
      post('/api/inject', document({ name: '/store/new/1.root', size: 11 })),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const refused = answers.find(({ status }) => status === 400);
    expect(refused?.json.error.where).toEqual({ path: 'dataset[0].blocks[0].files[0].size' });
  });

  it('with one fault applies nothing, and names it', async () => {
    const { version } = fixture.application.inventory;
    const answer = await post('/api/inject', document({ name: '/store/../../etc/passwd', size: 1 }));
    expect(answer.status).toBe(400);
    expect(answer.json.error.where.path).toMatch(/^dataset\[0\]\.blocks\[0\]\.files\[0\]/);
    expect((await post('/api/inject', { datasets: [] })).json.error.message).toMatch(/datasets/);
    expect((await post('/api/inject', [])).status).toBe(400);
    expect(fixture.application.inventory.version).toBe(version);
  });

  it('may be longer than other requests, up to a bound', async () => {
    const long = { ...document(), group: [{ name: 'x'.repeat(5000) }] };
    expect((await post('/api/inject', long)).status).toBe(413);
  });
});

describe('deletion', () => {
  it('is ordered, and refused by the guard for the last copy', async () => {
    const replica = (site: string) => ({ datasetreplica: [{ dataset: datasetName(1), site }] });
    const first = await post('/api/delete', replica('T1_A'));
    expect(first.json).toMatchObject({ summary: { datasetReplicas: 1 } });
    const open = (await fixture.ask('/api/operations')).json;
    expect(open).toMatchObject([{ target: { kind: 'delete', site: 'T1_A', dataset: datasetName(1) } }]);
    expect((await fixture.ask(`/api/operations/${open[0].id}`)).json).toMatchObject({ attempts: [] });
    const second = await post('/api/delete', replica('T2_B'));
    expect([second.status, second.json.error.code]).toEqual([422, 'refused']);
    expect(second.json.error.message).toContain('last-copy');
  });
});

describe('detox', () => {
  it('is planned without a change, and carried out when that is asked for', async () => {
    const plan = await post('/api/detox', { policy: POLICY, blocks: true });
    expect(plan.json).toMatchObject({ partition: 'Physics', sites: [{ site: 'T1_A', triggered: true }] });
    expect((await fixture.ask('/api/operations')).json).toEqual([]);
    const committed = await post('/api/detox', { policy: POLICY, commit: true });
    expect(committed.json).toMatchObject({ cycle: 1, dropped: [] });
    expect(committed.json.done).toBeGreaterThan(0);
    const open = (await fixture.ask('/api/operations?limit=10')).json;
    expect(open).toHaveLength(committed.json.done);
    expect(open[0].reason.source).toBe('detox');
    const cycles = (await fixture.ask('/api/cycles?planner=detox')).json;
    expect(cycles).toMatchObject([{ cycle: 1, title: 'Detox Physics' }]);
    const cycle = (await fixture.ask('/api/cycles/1')).json;
    expect(cycle.document.plan.decisions.length).toBe(4);
    expect((await fixture.ask('/api/cycles/2')).status).toBe(404);
    const where = `site=T1_A&dataset=${encodeURIComponent(open[0].target.dataset)}`;
    const [order] = (await fixture.ask(`/api/history/orders?${where}&kind=delete&since=0`)).json;
    expect(order).toMatchObject({ cycle: 1, kind: 'delete', blocks: 1 });
    const line = Number(order.reference.slice('line '.length));
    const decided = (await fixture.ask(`/api/history/decisions?${where}&line=${line}&cycles=5`)).json;
    expect(decided).toMatchObject({ decisions: [{ cycle: 1, decision: 'delete', line }], unpacked: 1, before: null });
    expect((await fixture.ask('/api/history/decisions?cycles=5')).status).toBe(400);
    expect((await fixture.ask('/api/cycles?until=1')).json).toEqual([]);
  });

  it('is kept as a test, and nothing is carried out', async () => {
    const tested = await post('/api/detox', { policy: POLICY, test: true, guard: 'off' });
    expect(tested.json).toMatchObject({
      cycle: 1,
      title: 'Detox Physics',
      notCommittable: ['it was made with the guard off'],
    });
    expect(tested.json.deletions).toBeGreaterThan(0);
    expect((await fixture.ask('/api/operations')).json).toEqual([]);
    expect((await fixture.ask('/api/cycles')).json).toEqual([]);
    expect((await fixture.ask('/api/cycles?test=true')).json).toMatchObject([{ cycle: 1, isTest: true }]);
    const both = await post('/api/detox', { policy: POLICY, test: true, commit: true });
    expect([both.status, both.json.error.code]).toEqual([400, 'invalid-input']);
    const earlier = await post('/api/detox', { policy: POLICY, test: true, version: 0 });
    expect([earlier.status, earlier.json.error.code]).toEqual([422, 'refused']);
  });

  it('says why: what each line saw, and which one decided', async () => {
    const wanted = { policy: POLICY, dataset: datasetName(0), site: 'T1_A' };
    const { explanation, text } = (await post('/api/detox/explain', wanted)).json;
    expect(explanation).toMatchObject({ triggered: true, decisions: [{ decision: 'protect', line: 5 }] });
    expect(text).toContain(datasetName(0));
    expect((await post('/api/detox/explain', { ...wanted, dataset: '/No/Such/One' })).status).toBe(404);
    const query = `dataset=${encodeURIComponent(datasetName(0))}&site=T1_A`;
    expect((await fixture.ask(`/api/detox/explain?${query}`)).json).toEqual([]);
  });

  it('names the line of a fault', async () => {
    const answer = await post('/api/detox', { policy: POLICY.replace('dataset.name', 'dataset.nme'), file: 'p.txt' });
    expect(answer.status).toBe(400);
    expect(answer.json.error.where).toMatchObject({ file: 'p.txt', line: 5 });
    expect(answer.json.error.message).toContain('dataset.name');
  });

  it('without the guard, or at another time, cannot be committed', async () => {
    expect((await post('/api/detox', { policy: POLICY, guard: 'off' })).status).toBe(200);
    expect((await post('/api/detox', { policy: POLICY, guard: 'off', commit: true })).status).toBe(422);
    expect((await post('/api/detox', { policy: POLICY, now: 1, commit: true })).status).toBe(422);
  });
});

describe('locks', () => {
  it('keep what they name', async () => {
    await post('/api/locks', { dataset: datasetName(2), comment: 'a thesis' });
    const answer = await post('/api/delete', { datasetreplica: [{ dataset: datasetName(2), site: 'T1_A' }] });
    expect(answer.json.error.message).toContain('locked');
    expect((await post('/api/locks/1/remove', {})).json).toMatchObject({ id: 1 });
    expect((await fixture.ask('/api/locks')).json).toEqual([]);
    expect((await post('/api/locks/1/remove', {})).status).toBe(404);
  });
});

describe('operations', () => {
  it('are released when they are held, once', async () => {
    const { store } = fixture.application;
    await post('/api/delete', { datasetreplica: [{ dataset: datasetName(1), site: 'T1_A' }] });
    const options = { owner: 'test', limit: 1, now: 2e9, leaseSeconds: 60 };
    const [claim] = await store.operations.claim(options);
    if (claim === undefined) throw new Error('nothing was claimed');
    const operation = claim.operation.id;
    const release = () => post(`/api/operations/${operation}/release`, {});
    expect((await release()).status).toBe(409);
    await store.operations.settle([], [{ token: claim.token, operation, to: { state: 'held', error: 'no space' } }]);
    expect((await fixture.ask('/api/operations?state=held')).json).toMatchObject([{ lastError: 'no space' }]);
    expect((await release()).json).toMatchObject({ operation: { state: 'queued' } });
    expect((await post('/api/operations/99/release', {})).status).toBe(404);
  });
});

describe('consistency', () => {
  it('shows what the last check saw, of sites that there are', async () => {
    const finding = { site: 'T1_A', kind: 'orphan', name: 'x', rounds: 1, firstSeen: 1, lastSeen: 1 } as const;
    await fixture.application.store.findings.save('T1_A', [finding]);
    expect((await fixture.ask('/api/consistency/T1_A')).json).toEqual([finding]);
    expect((await fixture.ask('/api/consistency/T9')).status).toBe(404);
    const unlistable = await post('/api/consistency/T1_A', {});
    expect([unlistable.status, unlistable.json.error.message]).toEqual([400, expect.stringContaining('no lister')]);
  });
});

describe('the dealer', () => {
  it('serves a request: planned without a change, then carried out', async () => {
    await fixture.application.inventory.update({ application: 'test', user: 'test' }, (draft) => {
      const rest = { host: null, storage: 'disk', status: 'ready', backend: null, verified: true } as const;
      draft.put('site', { name: 'T3_C' as SiteName, ...rest, pfn: {}, lfn: {} });
      draft.put('quota', { site: 'T3_C' as SiteName, partition: 'Physics' as PartitionName, bytes: 100_000 });
    });
    expect((await post('/api/dealer', { commit: true })).json).toMatchObject({ cycle: null, done: 0 });
    const request = { kind: 'copy', datasets: [datasetName(1)], sites: ['T3_C'], group: 'AnalysisOps' };
    await post('/api/requests', request);
    const plan = (await post('/api/dealer', { seed: 1 })).json;
    expect(plan).toMatchObject({ seed: 1, taken: [{ dataset: datasetName(1), site: 'T3_C' }] });
    expect((await fixture.ask('/api/requests/1')).json.state).toBe('new');
    const committed = (await post('/api/dealer', { commit: true })).json;
    expect(committed).toMatchObject({ cycle: 1, done: 1, dropped: [], requests: 1 });
    expect((await fixture.ask('/api/requests/1')).json.state).toBe('active');
    expect((await fixture.ask('/api/operations')).json).toMatchObject([{ target: { kind: 'copy', site: 'T3_C' } }]);
  });

  it('leaves out what is for a request that is cancelled while it plans, and carries out the rest', async () => {
    const { application } = fixture;
    await application.inventory.update({ application: 'test', user: 'test' }, (draft) => {
      const rest = { host: null, storage: 'disk', status: 'ready', backend: null, verified: true } as const;
      draft.put('site', { name: 'T3_C' as SiteName, ...rest, pfn: {}, lfn: {} });
      draft.put('quota', { site: 'T3_C' as SiteName, partition: 'Physics' as PartitionName, bytes: 100_000 });
    });
    const request = { kind: 'copy', sites: ['T3_C'], group: 'AnalysisOps' };
    for (const i of [1, 2]) await post('/api/requests', { ...request, datasets: [datasetName(i)] });
    // The writer's place is taken: the plan is made, and has to wait with it.
    let free = (): void => {};
    const isFree = new Promise<void>((resolve) => {
      free = resolve;
    });
    const cancelling = application.scheduler.run({ name: 'request', access: 'write' }, async () => {
      await isFree;
      const before = (await application.store.requests.get(1)) as RequestRecord;
      await application.inventory.update({ application: 'test', user: 'alice' }, (draft) =>
        draft.putRequest(before, { ...before, state: 'cancelled', reason: 'cancelled by alice' }),
      );
    });
    while (application.scheduler.counters.write.running === 0) await nextTurn();
    const committing = post('/api/dealer', { commit: true });
    while (application.scheduler.counters.write.waiting === 0) await nextTurn();
    free();
    await cancelling;
    expect((await committing).json).toMatchObject({
      ...{ cycle: 1, done: 1, requests: 1 },
      stale: [{ request: 1, why: 'request 1 is cancelled now' }],
      dropped: [{ step: { dataset: datasetName(1) }, why: 'request 1 is cancelled now' }],
    });
    expect((await fixture.ask('/api/requests/1')).json).toMatchObject({ state: 'cancelled' });
    expect((await fixture.ask('/api/operations')).json).toHaveLength(1);
    expect((await fixture.ask('/api/cycles/1')).text).toContain('stale_requests');
  });

  it('refuses a faulty configuration at its path, and a commit for another time', async () => {
    const faulty = await post('/api/dealer', { configuration: { target_site_occupancy: 7 } });
    expect([faulty.status, faulty.json.error.message]).toEqual([400, expect.stringContaining('target_site_occupancy')]);
    expect((await post('/api/dealer', { now: 1, commit: true })).status).toBe(422);
  });
});
