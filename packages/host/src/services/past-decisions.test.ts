import { DYNAMO_VERSION, type HistoryStore, type PartitionName, type SiteName } from '@dynamo/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { datasetName, type RestFixture, restFixture } from '../rest/fixtures/rest-fixture.ts';
import { showCycle } from './cycles.ts';
import { commitDetox, testDetox } from './detox.ts';
import { pastDecisions } from './past-decisions.ts';
import { madeByAnother, replayCycle } from './replay-detox.ts';

const policy = (partition: string, protect: string) => ({
  file: 'p.txt',
  text: `Partition ${partition}
On site.name == T1_A
When always
Until never
Protect dataset.name == ${protect}
Dismiss
Order none
`,
});

let fixture: RestFixture;
/** What was read of the history, by digest. */
const read: string[] = [];

beforeAll(async () => {
  fixture = await restFixture({ datasets: 40 });
  const { application } = fixture;
  const author = { application: 'test', user: 'test' };
  await application.inventory.update(author, (draft) => {
    for (const [name, condition] of [
      ['Physics', 'blockreplica.owner == AnalysisOps'],
      ['First', `dataset.name == ${datasetName(0)}`],
    ]) {
      draft.put('partition', { name: name as PartitionName, condition: condition as string });
      draft.put('quota', { site: 'T1_A' as SiteName, partition: name as PartitionName, bytes: 1_000_000 });
    }
  });
  // Cycles 1 to 4; the last one has something to decide of one dataset only.
  for (const each of [policy('Physics', '*'), policy('Physics', '*'), policy('Physics', datasetName(1))]) {
    await testDetox(application, { policy: each }, { user: 'me' });
  }
  await commitDetox(application, { policy: policy('First', '*') }, { user: 'me' });
}, 60_000);
afterAll(() => fixture[Symbol.asyncDispose]());

function watched(): Parameters<typeof pastDecisions>[0] {
  const { store, inventory } = fixture.application;
  const history: HistoryStore = {
    ...store.history,
    content: (digest) => {
      read.push(digest);
      return store.history.content(digest);
    },
  };
  read.length = 0;
  return { store: { ...store, history }, inventory };
}

const decisionsOf = async (cycle: number): Promise<string> =>
  (await fixture.application.store.history.cycle(cycle))?.contents.decisions ?? '';

it('the datasets of a cycle are kept once for those that come after', async () => {
  const { store } = fixture.application;
  const [one, two, three, other] = await Promise.all([1, 2, 3, 4].map((cycle) => store.history.cycle(cycle)));
  expect(two?.contents.datasets).toBe(one?.contents.datasets);
  expect(three?.contents.datasets).toBe(one?.contents.datasets);
  expect(other?.contents.datasets).not.toBe(one?.contents.datasets);
  expect([one, two, three].map((each) => each?.contents.changes === undefined)).toEqual([true, false, false]);
  const changes = await store.history.content(two?.contents.changes ?? '');
  expect(changes?.length).toBeLessThan(60);
});

it('a cycle that can have nothing of what is asked for is not unpacked', async () => {
  const [second, third] = [await decisionsOf(2), await decisionsOf(3)];
  const kept = await pastDecisions(watched(), { line: 0, test: true });
  expect(kept).toMatchObject({ unpacked: 1, ruledOut: 2, before: null });
  expect(kept.decisions.map(({ cycle }) => cycle)).toEqual(Array(39).fill(3));
  expect(read).toContain(third);
  expect(read).not.toContain(second);
  expect(await pastDecisions(watched(), { site: 'T1_X', test: true })).toEqual({
    ...{ decisions: [], unpacked: 0, ruledOut: 3, before: null },
  });
  expect(read).toEqual([]);
  const elsewhere = await pastDecisions(watched(), { dataset: datasetName(7) });
  expect(elsewhere).toMatchObject({ decisions: [], unpacked: 0, ruledOut: 1 });
  expect(read).not.toContain(await decisionsOf(4));
  expect(await pastDecisions(watched(), { dataset: datasetName(0) })).toMatchObject({
    ...{ decisions: [{ cycle: 4, line: 5, text: 'Protect dataset.name == *' }], unpacked: 1, ruledOut: 0 },
  });
});

it('what was not looked at is said, and the next call goes on there', async () => {
  const asked = { dataset: datasetName(2), test: true, cycles: 1 } as const;
  const cycles: number[] = [];
  for (let before: number | null | undefined; before !== null; ) {
    const found = await pastDecisions(watched(), before === undefined ? asked : { ...asked, before });
    cycles.push(...found.decisions.map(({ cycle }) => cycle));
    before = found.before;
  }
  expect(cycles).toEqual([3, 2, 1]);
});

it('a replay names the version that made the cycle', async () => {
  const { store } = fixture.application;
  const history: HistoryStore = {
    ...store.history,
    cycle: async (cycle) => {
      const record = await store.history.cycle(cycle);
      return record && { ...record, document: record.document.replace(/"dynamo":"[^"]*"/, '"dynamo":"0.0.1"') };
    },
  };
  const replayed = await replayCycle({ ...fixture.application, store: { ...store, history } }, { cycle: 4 });
  expect(replayed).toMatchObject({
    dynamo: { recorded: '0.0.1', replayed: DYNAMO_VERSION },
    differences: null,
  });
  expect(madeByAnother('0.0.1')).toBe(` (Dynamo 0.0.1 made it, this is ${DYNAMO_VERSION})`);
  expect(madeByAnother(DYNAMO_VERSION)).toBe('');
});

it('the record of another version is one error that names the cycle', async () => {
  const { store, inventory } = fixture.application;
  const history: HistoryStore = {
    ...store.history,
    cycle: async (cycle) => {
      const record = await store.history.cycle(cycle);
      return record && { ...record, document: record.document.replace('"format":2', '"format":7') };
    },
  };
  const later = { ...fixture.application, store: { ...store, history } };
  const error = {
    code: 'corrupt',
    message: expect.stringMatching(/^the record of cycle 4 has format 7, written by Dy/),
  };
  await expect(pastDecisions(later, { site: 'T1_A' })).rejects.toMatchObject(error);
  await expect(showCycle({ ...later, inventory }, 4)).rejects.toMatchObject(error);
  await expect(replayCycle(later, { cycle: 4 })).rejects.toMatchObject(error);
});
