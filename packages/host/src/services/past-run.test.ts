import { ApplicationPool, type PartitionName, type SiteName } from '@dynamo/core';
import { expect, it } from 'vitest';
import { datasetName, restFixture } from '../rest/fixtures/rest-fixture.ts';
import { commitDetox, previewDetox } from './detox.ts';
import { explainPast } from './explain-past.ts';
import { replayCycle } from './replay-detox.ts';

const POLICY = `Partition Physics
On site.name == T1_A
When always
Until never
Protect dataset.name == ${datasetName(0)}
Dismiss
Order none
`;

it('a cycle that was planned in a thread is made again in one, on the version that it was planned on', async () => {
  await using fixture = await restFixture({ datasets: 3 });
  const { application } = fixture;
  const author = { application: 'test', user: 'test' };
  const quota = (bytes: number) => ({ site: 'T1_A' as SiteName, partition: 'Physics' as PartitionName, bytes });
  await application.inventory.update(author, (draft) => {
    draft.put('partition', { name: quota(1).partition, condition: 'blockreplica.owner == AnalysisOps' });
    draft.put('quota', quota(5000));
  });
  await using threads = new ApplicationPool(application.inventory, { threads: 1 });
  const threaded = { ...application, threads };
  const policy = { file: 'p.txt', text: POLICY };
  const version = application.inventory.version;
  const planned = await previewDetox(application, { policy, now: 1_700_000_000 });
  const committed = await commitDetox(threaded, { policy }, { user: 'me' });
  expect(committed).toMatchObject({ cycle: 1, done: 2 });
  for (const bytes of [6000, 7000]) {
    await application.inventory.update(author, (draft) => draft.put('quota', quota(bytes)));
  }
  // An earlier version, in a thread too.
  expect(await previewDetox(threaded, { policy, now: 1_700_000_000, version })).toBe(planned);
  const replayed = await replayCycle(threaded, { cycle: 1 });
  expect(replayed).toMatchObject({ planVersion: version, decisions: 3, differences: null });
  expect(await replayCycle(application, { cycle: 1 })).toEqual(replayed);
  const replica = { dataset: datasetName(1) };
  const explained = await explainPast(threaded, { cycle: 1 }, replica);
  expect(explained).toMatchObject([
    { site: 'T1_A', agrees: true, explanation: { decisions: [{ decision: 'delete' }] } },
  ]);
  expect(await explainPast(application, { cycle: 1 }, replica)).toEqual(explained);
  await expect(explainPast(threaded, { cycle: 1 }, { dataset: '/none', site: 'T1_A' })).rejects.toMatchObject({
    code: 'not-found',
  });
}, 30_000);
