import { memoryStore, type PartitionName, type SiteName } from '@dynamo/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remoteDynamo } from '../../cli/client.ts';
import { dumpInventory } from '../../services/dump-inventory.ts';
import { loadDump } from '../../services/load-dump.ts';
import { localDynamo } from '../../services/local-dynamo.ts';
import { type TestDirectory, testDirectory } from '../../testing/run-dynamo.ts';
import { datasetName, type RestFixture, restFixture, TOKEN } from '../fixtures/rest-fixture.ts';

let fixture: RestFixture;
let directory: TestDirectory;
beforeEach(async () => {
  directory = await testDirectory();
  fixture = await restFixture({ datasets: 3 });
  await fixture.application.inventory.update({ application: 'test', user: 'test' }, (draft) => {
    const partition = 'Physics' as PartitionName;
    draft.put('partition', { name: partition, condition: 'site.storage_type == DISK' });
    for (const name of ['T3_C', 'T3_D'] as SiteName[]) {
      const rest = { host: null, storage: 'disk', status: 'ready', backend: null, verified: true } as const;
      draft.put('site', { name, ...rest, pfn: {}, lfn: {} });
      draft.put('quota', { site: name, partition, bytes: 1_000_000 });
    }
  });
});
afterEach(async () => {
  await fixture[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const post = (path: string, body: unknown) => fixture.ask(path, { method: 'POST', body });
const rule = { datasets: [datasetName(0), datasetName(1)], sites: ['T3_*'], copies: 1, group: 'AnalysisOps' };

describe('a rule', () => {
  it('is priced, made, served by the next cycle, changed, and removed; its state is always there', async () => {
    const preview = (await post('/api/rules', { ...rule, preview: true })).json;
    expect(preview).toMatchObject({ copies: 2, bytes: expect.any(Number), progress: { state: 'on the way' } });
    expect((await fixture.ask('/api/rules')).json).toEqual([]);

    const made = await post('/api/rules', rule);
    expect([made.status, made.headers.location]).toEqual([201, '/api/rules/1']);
    expect(made.json).toMatchObject({ id: 1, kind: 'rule', state: 'new', user: 'rest', until: null });
    expect((await fixture.ask('/api/rules/1')).json.assessment).toEqual(preview);

    expect((await post('/api/dealer', { commit: true })).json).toMatchObject({ done: 2, requests: 1 });
    const served = (await fixture.ask('/api/rules')).json;
    expect(served).toMatchObject([{ state: 'active', progress: { state: 'on the way', onTheWay: 2, missing: 0 } }]);
    expect((await post('/api/dealer', { commit: true })).json).toMatchObject({ cycle: null });

    expect((await post('/api/rules/1/change', { copies: 2 })).json).toMatchObject({ copies: 2, progress: null });
    expect((await fixture.ask('/api/rules/1')).json).toMatchObject({ assessment: { copies: 2 } });
    await post('/api/dealer', { commit: true });
    expect((await fixture.ask('/api/rules/1')).json).toMatchObject({ progress: { copies: 4, onTheWay: 4 } });

    const { history } = (await fixture.ask('/api/rules/1')).json;
    expect(history).toMatchObject([
      { cycle: 2, rules: [{ rule: 'rule 1 of rest', copies: 4, on_the_way: 4 }] },
      { cycle: 1, rules: [{ plugin: 'rules', copies: 2, on_the_way: 2, missing: 0 }] },
    ]);
    expect((await fixture.ask('/api/rules/progress?limit=1')).json).toEqual(history.slice(0, 1));
    expect((await fixture.ask('/api/rules/progress?rule=other')).json).toEqual([]);
    expect((await fixture.ask('/api/status')).json).toMatchObject({ rules: { onTheWay: 1 }, requests: { active: 0 } });

    expect((await post('/api/rules/1/remove', {})).json).toMatchObject({
      state: 'cancelled',
      reason: 'removed by rest',
    });
    expect((await fixture.ask('/api/rules/1')).json.assessment).toBeNull();
    expect((await post('/api/rules/1/change', { copies: 1 })).status).toBe(422);
    expect((await post('/api/dealer', { commit: true })).json).toMatchObject({ cycle: null });
  });

  it.each<[string, object, string]>([
    ['sites that do not exist', { sites: ['T9_*'] }, 'sites[0]'],
    ['a bad pattern', { datasets: ['/[b-a]*'] }, 'datasets[0]'],
    ['a time that is over', { until: 1 }, 'until'],
    ['no copy', { copies: 0 }, 'copies'],
    ['a group that does not exist', { group: 'Gone' }, 'group'],
  ])('over %s is refused with one clear error, new or as a change', async (_title, change, path) => {
    const { version } = fixture.application.inventory;
    const refused = await post('/api/rules', { ...rule, ...change });
    expect([refused.status, refused.json.error.code, refused.json.error.where]).toEqual([
      400,
      'invalid-input',
      { path },
    ]);
    expect(fixture.application.inventory.version).toBe(version);
    await post('/api/rules', rule);
    expect((await post('/api/rules/1/change', change)).status).toBe(400);
    expect((await fixture.ask('/api/rules/1')).json).toMatchObject(rule);
  });

  it('of the enforcer leaves its progress in the history whenever it has moved, and only then', async () => {
    const conditions = { replicas: ['dataset.name == *'], destinations: ['site.name == T3_C'], sources: ['always'] };
    const rules = { rules: { all: { ...conditions, num_copies: 1, destination_group: 'AnalysisOps' } } };
    const configuration = { plugins: [{ plugin: 'enforcer', rules }] };
    const cycle = async () => (await post('/api/dealer', { configuration, commit: true })).json.cycle;
    expect([await cycle(), await cycle()]).toEqual([1, null]);
    await fixture.application.inventory.update({ application: 'test', user: 'test' }, (draft) => {
      const { block, site } = [...(draft.site('T3_C')?.blockReplicas() ?? [])][0] ?? {};
      if (block === undefined || site === undefined) throw new Error('nothing was ordered');
      const replica = { dataset: block.dataset.name, block: block.name, site: site.name };
      draft.cancelOperation(replica, { source: 'operator', text: 'it failed' });
    });
    expect([await cycle(), await cycle()]).toEqual([2, null]);
    const progress = (await fixture.ask('/api/rules/progress?rule=all')).json;
    expect(progress).toMatchObject([
      { cycle: 2 },
      { cycle: 1, rules: [{ plugin: 'enforcer', copies: 3, on_the_way: 3 }] },
    ]);
  });

  it('is not found among requests of other kinds, and unknown keys are refused', async () => {
    await post('/api/requests', { kind: 'copy', datasets: [datasetName(0)], sites: ['T3_C'] });
    expect((await fixture.ask('/api/rules/1')).status).toBe(404);
    expect((await post('/api/rules', { ...rule, untill: 5 })).json.error.message).toContain('untill');
    expect((await fixture.ask('/api/requests?kind=rule')).json).toEqual([]);
  });

  it('goes with a dump, under its number', async () => {
    await post('/api/rules', rule);
    await post('/api/rules', { ...rule, until: 4_000_000_000, group: null });
    await post('/api/rules/1/remove', {});
    const chunks: Uint8Array[] = [];
    for await (const chunk of dumpInventory(fixture.application)) chunks.push(chunk);
    const text = Buffer.concat(chunks);
    await using store = memoryStore();
    await loadDump(
      store,
      async function* () {
        yield text;
      } as never,
      { file: 'x' },
    );
    expect(await store.requests.list()).toMatchObject([{ id: 2, kind: 'rule', state: 'new', until: 4_000_000_000 }]);
    expect((await store.inventory.load()).head.counters.nextRequest).toBe(3);
  });

  it('is the same from the command line, here and over a server', async () => {
    const { signal } = new AbortController();
    const tokenFile = await directory.write('token', TOKEN);
    const there = await remoteDynamo({ server: fixture.server.url, tokenFile, user: 'alice', signal });
    const here = localDynamo(fixture.application, { user: 'alice', signal });
    const wanted = { ...rule, until: null };
    expect(await there.previewRule(wanted)).toEqual(await here.previewRule(wanted));
    const made = await there.addRule(wanted);
    expect(made).toMatchObject({ user: 'alice' });
    await here.changeRule(made.id, { copies: 2 });
    expect(await there.showRule(made.id)).toEqual(await here.showRule(made.id));
    await there.commitDealer({});
    expect(await there.listRules({ state: 'active', user: 'alice' })).toEqual(await here.listRules({}));
    expect(await there.removeRule(made.id)).toMatchObject({ state: 'cancelled' });
  });
});
