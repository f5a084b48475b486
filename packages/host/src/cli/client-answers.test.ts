import type { PartitionName, SiteName } from '@dynamo/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetName, type RestFixture, restFixture, TOKEN } from '../rest/fixtures/rest-fixture.ts';
import { readDealerDocument } from '../services/dealer.ts';
import type { Dynamo } from '../services/dynamo.ts';
import { localDynamo } from '../services/local-dynamo.ts';
import { type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';
import { remoteDynamo } from './client.ts';

const POLICY = `Partition Physics
On site.name == T1_A
When site.occupancy > 0.5
Until site.occupancy < 0.3
Protect dataset.name == ${datasetName(0)}
Dismiss
Order none
`;
const NOW = 1_767_225_600;

let fixture: RestFixture;
let directory: TestDirectory;
let here: Dynamo;
let there: Dynamo;

beforeAll(async () => {
  // More than a page of requests is asked for below; datasets are few, so that plans stay readable.
  fixture = await restFixture({ datasets: 5 });
  directory = await testDirectory();
  await fixture.application.inventory.update({ application: 'test', user: 'test' }, (draft) => {
    const name = 'Physics' as PartitionName;
    draft.put('partition', { name, condition: 'blockreplica.owner == AnalysisOps' });
    draft.put('quota', { site: 'T1_A' as SiteName, partition: name, bytes: 6000 });
    draft.put('quota', { site: 'T2_B' as SiteName, partition: name, bytes: 60_000 });
  });
  const signal = new AbortController().signal;
  const tokenFile = await directory.write('token', TOKEN);
  there = await remoteDynamo({ server: fixture.server.url, tokenFile, user: 'alice', signal });
  here = localDynamo(fixture.application, { user: 'alice', signal });
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

describe('a server and the local store answer the same', () => {
  const policy = { file: `${'long/'.repeat(60)}policy.txt`, text: POLICY };

  it('to what Detox would do, byte for byte', async () => {
    const run = { policy, now: NOW, guard: 'off', deletionPerIteration: 0.5, blocks: true } as const;
    const plan = await there.previewDetox(run);
    expect(plan).toBe(await here.previewDetox(run));
    expect(JSON.parse(plan)).toMatchObject({ partition: 'Physics', now: NOW, sites: [{ site: 'T1_A' }] });
  });

  it('to why it would', async () => {
    const replica = { dataset: datasetName(0), site: 'T1_A' };
    const run = { policy, now: NOW, guard: 'off' } as const;
    expect(await there.explainDetox(run, replica)).toEqual(
      JSON.parse(JSON.stringify(await here.explainDetox(run, replica))),
    );
  });

  it('to what the Dealer would do, with rules in a file beside its configuration', async () => {
    await directory.write('rules.yaml', 'rules: {}\n');
    const text = 'plugins: [{ plugin: enforcer, priority: 2, rules_file: rules.yaml }, { plugin: copy_requests }]\n';
    const run = { ...(await readDealerDocument(await directory.write('dealer.yaml', text))), now: NOW, seed: 7 };
    expect(await there.previewDealer(run)).toBe(await here.previewDealer(run));
  });

  it('to locks', async () => {
    const none = { site: null, group: null, block: null, expires: null, comment: 'thesis' };
    const lock = await there.addLock({ dataset: datasetName(1), ...none });
    expect(lock).toMatchObject({ owner: 'alice', dataset: datasetName(1), comment: 'thesis' });
    expect(await there.listLocks()).toEqual(await here.listLocks());
    await there.removeLock(lock.id);
    expect(await here.listLocks()).toEqual([]);
    await expect(there.removeLock(lock.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('to more requests than one page has', async () => {
    const wanted = { datasets: [datasetName(2)], sites: ['T2_B'], copies: null, group: null };
    for (let i = 0; i < 1001; i += 1) await here.requestCopy(wanted);
    const listed = await there.listRequests({ state: 'new' });
    expect(listed).toHaveLength(1001);
    expect(listed).toEqual(await here.listRequests({ state: 'new' }));
  });

  it('to what was committed, and to the operations that follow from it', async () => {
    const committed = await there.commitDetox({ policy });
    expect(committed).toMatchObject({ title: 'Detox Physics', dropped: [] });
    expect(committed.done).toBeGreaterThan(0);
    const [first, ...rest] = await there.listTransfers({ site: 'T1_A' });
    expect(rest).toHaveLength(committed.done - 1);
    expect(await there.showTransfer(Number(first?.id))).toMatchObject({ operation: first, attempts: [] });
    expect(await there.retryTransfers('held')).toBe(0);
    expect(await there.commitDealer({})).toMatchObject({ requests: 1001 });
    await expect(there.commitDetox({ policy, guard: 'off' })).rejects.toMatchObject({ code: 'refused' });
  });
});
