import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const DATASETS = ['/A/B/HOT', '/A/B/COLD', '/A/B/RAW'];
const LINES = [
  { type: 'group', name: 'G', level: 'dataset' },
  ...['T2_A', 'T2_B'].map((name) => ({ type: 'site', name, storage: 'disk', status: 'ready' })),
  { type: 'partition', name: 'P', condition: 'blockreplica.owner == G' },
  ...['T2_A', 'T2_B'].map((site) => ({ type: 'quota', site, partition: 'P', bytes: 1000 })),
  ...DATASETS.flatMap((dataset) => [
    { type: 'dataset', name: dataset, status: 'valid', last_update: 1 },
    ...['one', 'two'].flatMap((block) => [
      { type: 'block', dataset, name: block, size: 300, files: 1, is_open: false, last_update: 1 },
      ...['T2_A', 'T2_B'].map((site) => ({ type: 'block_replica', dataset, block, site, group: 'G', last_update: 1 })),
    ]),
  ]),
];
const POLICY = `Partition P
On site.name == T2_A
When site.occupancy > 0.9
Until site.occupancy < 0.1
Protect dataset.name == /*/*/RAW
Protect dataset.my_rank < 5
Dismiss
Order none
`;
const MODULE = `import type { PolicyModule } from '@dynamo/policies';
export const policy: PolicyModule = ({ dataset, site }) => ({
  partition: 'P', on: [site.name.is('T2_B')], when: [site.occupancy.above(0.9)], until: [site.occupancy.below(0.1)],
  lines: [{ protect: (replica) => replica.value('dataset.my_rank') < 5, because: 'ranks high' }],
  otherwise: 'dismiss', order: [],
});
`;
const configuration = (sha256: string): string => `variables:
- { name: dataset.my_rank, type: number }
producers:
- { kind: stored, variables: [dataset.my_rank] }
detox: { policies: [{ file: module.ts, sha256: "${sha256}" }] }
`;
const ranks = (hot: number, cold: number): string =>
  JSON.stringify({ 'dataset.my_rank': { '/A/B/HOT': hot, '/A/B/COLD': cold, '/A/B/RAW': 9 } });
const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

let directory: TestDirectory;
let config: string;
const run = (...args: string[]) => runDynamo([...args, '--config', config], { cwd: directory.path });

beforeAll(async () => {
  directory = await testDirectory();
  await directory.write('policy.txt', POLICY);
  await directory.write('module.ts', MODULE);
  config = await directory.write('dynamo.yaml', configuration(sha256Of(MODULE)));
  await directory.write('dump.ndjson', LINES.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect((await run('load', 'dump.ndjson')).code).toBe(0);
  await directory.write('ranks.json', ranks(1, 9));
  expect(await run('attribute', 'send', 'ranks.json')).toMatchObject({ code: 0 });
  expect(await run('detox', '--commit', '--policy', 'policy.txt')).toMatchObject({ code: 0, stderr: '' });
  expect(await run('detox', '--commit', '--policy', 'module.ts')).toMatchObject({ code: 0, stderr: '' });
  // The world goes on: other ranks, another policy, other quotas, a lock.
  await directory.write('ranks.json', ranks(9, 1));
  await directory.write('policy.txt', POLICY.replace('RAW', 'COLD'));
  expect(await run('attribute', 'send', 'ranks.json')).toMatchObject({ code: 0 });
  expect(await run('quota', 'set', 'T2_A', 'P', '9000')).toMatchObject({ code: 0 });
  expect(await run('lock', 'add', '--dataset', '/A/B/COLD')).toMatchObject({ code: 0 });
}, 120_000);
afterAll(() => directory[Symbol.asyncDispose]());

describe('dynamo detox replay', () => {
  it('makes a cycle again, to the byte, whatever has happened since', async () => {
    const replayed = await run('detox', 'replay', '1');
    expect(replayed).toMatchObject({ code: 0, stderr: '' });
    expect(replayed.stdout).toMatch(
      /^cycle 1: Detox P, .*planned on version 1\nthe same bytes: 3 decisions, .*sha256 /,
    );
    const json = JSON.parse((await run('detox', 'replay', '1', '--json')).stdout);
    expect(json).toMatchObject({ cycle: 1, planVersion: 1, decisions: 3, differences: null });
    expect(json.recorded).toEqual(json.replayed);
    const { plan } = JSON.parse((await run('history', 'show', '1', '--json')).stdout).document;
    expect(json.recorded).toEqual({ bytes: JSON.stringify(plan).length, sha256: sha256Of(JSON.stringify(plan)) });
  }, 60_000);

  it('runs the module of a cycle where it may run, and no other', async () => {
    expect(await run('detox', 'replay', '2')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/the same bytes: 3 decisions/),
    });
    await directory.write('dynamo.yaml', configuration('0'.repeat(64)));
    const refused = await run('detox', 'replay', '2');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining(
        `cycle 2 ran module.ts with the sha256 ${sha256Of(MODULE)}, which the configuration does not`,
      ),
    ]);
    expect(await run('detox', 'replay', '2', '--policy', 'module.ts')).toMatchObject({ code: 0, stderr: '' });
    const edited = await directory.write('edited.ts', `${MODULE}\n`);
    const other = await run('detox', 'replay', '2', '--policy', edited);
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('it is not the policy of cycle 2: its sha256 is'),
    ]);
    await directory.write('dynamo.yaml', configuration(sha256Of(MODULE)));
  }, 60_000);

  it('says what is no cycle, or none of Detox', async () => {
    const none = await run('detox', 'replay', '9');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('there is no cycle 9')]);
    expect((await run('detox', 'replay', 'last')).stderr).toContain('expected a whole number');
  }, 60_000);
});

describe('dynamo detox explain --cycle', () => {
  it('explains what a cycle decided then, by what it saw then', async () => {
    const { stdout, stderr } = await run('detox', 'explain', '--cycle', '1', '--dataset', '/A/B/HOT');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\/A\/B\/HOT\nat T2_A, partition P/);
    expect(stdout).toContain('[dataset.my_rank is 1; no if it were at least 5]');
    expect(stdout).not.toContain('decided otherwise');
    const json = JSON.parse(
      (await run('detox', 'explain', '--cycle', '1', '--dataset', '/A/B/COLD', '--site', 'T2_A', '--json')).stdout,
    );
    expect(json).toMatchObject([
      {
        cycle: 1,
        site: 'T2_A',
        agrees: true,
        explanation: { decisions: [{ line: 0, decision: 'delete', size: 600 }] },
      },
    ]);
  }, 60_000);

  it('says what the functions of a module read', async () => {
    const { stdout, stderr } = await run('detox', 'explain', '--cycle', '2', '--dataset', '/A/B/HOT');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/yes ranks high +\[it read: dataset\.my_rank is 1\]\n +-> takes all 2 blocks/);
    const raw = await run('detox', 'explain', '--cycle', '2', '--dataset', '/A/B/RAW', '--json');
    expect(JSON.parse(raw.stdout)[0].explanation.evaluations[0].lines[0]).toMatchObject({
      ...{ takes: 'none', predicates: [] },
      functions: [
        {
          text: 'ranks high',
          holds: false,
          decided: true,
          read: [{ variable: 'dataset.my_rank', type: 'number', saw: 9 }],
        },
      ],
    });
  }, 60_000);

  it('says where all of a site stood', async () => {
    const { stdout } = await run('detox', 'explain', '--cycle', '1', '--site', 'T2_A');
    expect(stdout).toMatch(/^T2_A, partition P, version 1: quota 1\.0 kB/);
    expect(stdout).toMatch(/delete +600 B +60\.0% +1 +the default decision: Dismiss/);
  }, 60_000);

  it('says what is wrong with what is asked', async () => {
    const messages = [
      [['--dataset', '/A/B/NONE'], 'cycle 1 (Detox P) decided nothing about /A/B/NONE'],
      [['--dataset', '/A/B/HOT', '--now', '2020-01-01'], '--now does not go with --cycle'],
      [[], 'nothing is named'],
      [['--site', 'T2_C'], 'T2_C is not a site of the policy'],
    ] as const;
    for (const [args, message] of messages) {
      const { code, stderr } = await run('detox', 'explain', '--cycle', '1', ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  }, 60_000);
});

describe('a record that is not what the inventory was', () => {
  it('differs, and the places are named', async () => {
    {
      using database = new DatabaseSync(join(directory.path, 'dynamo-data', 'dynamo.sqlite'));
      database.exec('update history set plan_version = 4 where cycle = 1');
    }
    const { code, stdout } = await run('detox', 'replay', '1');
    expect(code).toBe(1);
    expect(stdout).toMatch(/not the same: the history has 3 decisions/);
    expect(stdout).toMatch(/inventory_version: 1, now 4/);
    expect(stdout).toMatch(/sites\[0\]\.quota: 1000, now 9000/);
    expect(stdout).toMatch(/\/A\/B\/COLD at T2_A: delete by line 0, 600 bytes, now nothing/);
    const explained = await run('detox', 'explain', '--cycle', '1', '--dataset', '/A/B/COLD', '--site', 'T2_A');
    expect(explained.stdout).toContain('The cycle decided otherwise then');
  }, 60_000);

  it('is out of reach once the log has forgotten its version', async () => {
    {
      using database = new DatabaseSync(join(directory.path, 'dynamo-data', 'dynamo.sqlite'));
      database.exec('update history set plan_version = 1 where cycle = 1');
      database.exec('update changes set time = time - 200 * 86400 where version < 4');
    }
    expect(await run('store', 'compact')).toMatchObject({ code: 0 });
    const { code, stderr } = await run('detox', 'replay', '1');
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('cycle 1 was planned on version 1, to which the log does not reach back any more'),
    ]);
  }, 60_000);
});
