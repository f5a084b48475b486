import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const LINES = [
  { type: 'group', name: 'G', level: 'dataset' },
  ...['T2_A', 'T2_B'].map((name) => ({ type: 'site', name, storage: 'disk', status: 'ready' })),
  { type: 'partition', name: 'P', condition: 'blockreplica.owner == G' },
  ...['T2_A', 'T2_B'].map((site) => ({ type: 'quota', site, partition: 'P', bytes: 1000 })),
  ...['/A/B/HOT', '/A/B/COLD'].flatMap((dataset) => [
    { type: 'dataset', name: dataset, status: 'valid', last_update: 1 },
    { type: 'block', dataset, name: 'b', size: 600, files: 1, is_open: false, last_update: 1 },
    ...['T2_A', 'T2_B'].map((site) => ({
      ...{ type: 'block_replica', dataset, block: 'b', site, group: 'G', last_update: 1 },
    })),
  ]),
];
const POLICY = `Partition P
On site.name == T2_A
When site.occupancy > 0.9
Until site.occupancy < 0.1
Protect dataset.my_rank < 5
Protect dataset.name == *HOT
Dismiss
Order none
`;
const CONFIGURATION = `variables:
- { name: dataset.my_rank, type: number }
producers:
- { kind: stored, variables: [dataset.my_rank] }
dealer: { file: dealer.yaml }
`;
const DEALER = 'partition: P\nplugins:\n- { plugin: balancer, priority: 1 }\n';

let directory: TestDirectory;
const run = (...args: string[]) => runDynamo([...args, '--config', 'dynamo.yaml'], { cwd: directory.path });
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);
const sendRanks = async (ranks: object): Promise<void> => {
  await directory.write('ranks.json', JSON.stringify({ 'dataset.my_rank': ranks }));
  expect(await run('attribute', 'send', 'ranks.json')).toMatchObject({ code: 0 });
};
/** What the Dealer would do, and what it knows of the sites. */
const dealing = async (): Promise<object> => {
  const args = ['dealer', '--host-config', 'dynamo.yaml', '--now', '2026-01-01', '--json'];
  return JSON.parse((await runDynamo(args, { cwd: directory.path })).stdout).plugins;
};

beforeAll(async () => {
  directory = await testDirectory();
  await directory.write('policy.txt', POLICY);
  await directory.write('dynamo.yaml', CONFIGURATION);
  await directory.write('dealer.yaml', DEALER);
  await directory.write('dump.ndjson', LINES.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect((await run('load', 'dump.ndjson')).code).toBe(0);
  await sendRanks({ '/A/B/HOT': 9, '/A/B/COLD': 9 });
}, 60_000);
afterAll(() => directory[Symbol.asyncDispose]());

describe('a test cycle', () => {
  it('is kept, and changes nothing', async () => {
    const before = await dealing();
    const tested = await run('detox', '--policy', 'policy.txt', '--test');
    expect(tested).toMatchObject({ code: 0, stderr: '' });
    expect(tested.stdout).toMatch(
      /^Detox P: kept as cycle 1, a test: 1 block replica would be deleted, 0 handed over; nothing was changed\n/,
    );
    expect(await json('transfers', 'list')).toEqual([]);
    expect(await dealing()).toEqual(before);
    expect((await run('history', 'who', '/A/B/COLD')).stdout).toMatch(/nothing was ever ordered/);
  }, 60_000);

  it('is listed apart from real ones', async () => {
    expect((await run('history', 'list')).stdout).toBe('no cycles yet\n');
    expect((await run('history', 'list', '--test')).stdout).toMatch(/1 +20\d\d-\S+ \S+ +Detox P/);
    expect((await run('history', 'show', '1')).stdout).toContain('a test: nothing of it was carried out');
    const { isTest, document } = await json('history', 'show', '1');
    expect(isTest).toBe(true);
    expect(document).toMatchObject({ carried_out: { deleted: 0 }, not_committable: [] });
  }, 60_000);

  it('is run again and explained like a real one', async () => {
    await sendRanks({});
    expect((await run('detox', 'replay', '1')).stdout).toMatch(/the same bytes: 2 decisions/);
    const explained = await run('detox', 'explain', '--cycle', '1', '--dataset', '/A/B/COLD');
    expect(explained.stdout).toContain('dataset.my_rank is 9');
  }, 60_000);

  it('is no last cycle to those that come after', async () => {
    const before = await dealing();
    // That nothing has a rank now would stop the commit if the test counted, as it saw some.
    expect(await run('detox', '--policy', 'policy.txt', '--commit')).toMatchObject({ code: 0, stderr: '' });
    expect(await dealing()).not.toEqual(before);
    const { inputs } = (await json('history', 'show', '2')).document;
    expect(inputs).toMatchObject({ supplied_before: [], limits: { closed_sites: {} } });
    await sendRanks({ '/A/B/HOT': 1 });
    expect(await run('detox', '--policy', 'policy.txt', '--commit')).toMatchObject({ code: 0, stderr: '' });
    // Now a real cycle has seen some.
    await sendRanks({});
    const refused = await run('detox', '--policy', 'policy.txt', '--commit');
    expect(refused.stderr).toContain('dataset.my_rank (line 5) has no value now, and had some');
    const tested = await run('detox', '--policy', 'policy.txt', '--test');
    expect(tested).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/it could not be committed: dataset\.my_rank/),
    });
    expect((await run('history', 'show', '4')).stdout).toMatch(/it could not be committed: dataset\.my_rank/);
  }, 60_000);

  it('keeps neither an offline plan nor one to be carried out', async () => {
    const messages = [
      [['--commit'], 'a test is not committed'],
      [['--inventory', 'dump.ndjson'], 'a plan made with --inventory is not kept'],
    ] as const;
    for (const [args, message] of messages) {
      const { code, stderr } = await run('detox', '--policy', 'policy.txt', '--test', ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  }, 60_000);
});
