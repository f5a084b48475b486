import { createHash } from 'node:crypto';
import { DYNAMO_VERSION } from '@dynamo/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const LINES = [
  '{"type":"group","name":"G","level":"dataset"}',
  ...['T2_A', 'T2_B'].map((name) => JSON.stringify({ type: 'site', name, storage: 'disk', status: 'ready' })),
  '{"type":"partition","name":"P","condition":"blockreplica.owner == G"}',
  ...['T2_A', 'T2_B'].map((site) => JSON.stringify({ type: 'quota', site, partition: 'P', bytes: 1000 })),
  ...['/A/B/AOD', '/A/B/RAW'].flatMap((dataset) => [
    JSON.stringify({ type: 'dataset', name: dataset, status: 'valid', last_update: 1 }),
    ...['one', 'two'].flatMap((block) => [
      JSON.stringify({ type: 'block', dataset, name: block, size: 300, files: 1, is_open: false, last_update: 1 }),
      ...['T2_A', 'T2_B'].map((site) =>
        JSON.stringify({ type: 'block_replica', dataset, block, site, group: 'G', last_update: 1 }),
      ),
    ]),
  ]),
];
const POLICY = `Partition P
On site.name == T2_A
When site.occupancy > 0.9
Until site.occupancy < 0.8
Protect dataset.name == /*/*/RAW
Dismiss
Order none
`;

let directory: TestDirectory;
const run = (...args: string[]) => runDynamo(args, { cwd: directory.path });

beforeAll(async () => {
  directory = await testDirectory();
  await directory.write('policy.txt', POLICY);
  await directory.write('dump.ndjson', `${LINES.join('\n')}\n`);
  await directory.write(
    'delete.json',
    JSON.stringify({ datasetreplica: [{ dataset: '/A/B/RAW', site: 'T2_A', blockreplicas: [{ block: 'one' }] }] }),
  );
  expect((await run('load', 'dump.ndjson')).code).toBe(0);
  expect(await run('detox', '--commit', '--policy', 'policy.txt')).toMatchObject({ code: 0, stderr: '' });
  expect(await run('delete', 'delete.json')).toMatchObject({ code: 0, stderr: '' });
}, 60_000);
afterAll(() => directory[Symbol.asyncDispose]());

describe('dynamo history', () => {
  it('says who deleted what, when, by which line, and in which cycle', async () => {
    const { stdout, stderr } = await run('history', 'who', '/A/B/AOD');
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /20\d\d-\d\d-\d\d \d\d:\d\d:\d\d +delete +T2_A +2 +open +detox, cycle 1: policy P, .*line 6: Dismiss/,
    );
    const { stdout: json } = await run('history', 'who', '/A/B/RAW#one', '--site', 'T2_A', '--json');
    expect(JSON.parse(json)).toMatchObject([
      { kind: 'delete', site: 'T2_A', blocks: ['one'], source: 'operator', reason: 'deleted by tester', cycle: null },
    ]);
    expect((await run('history', 'who', '/A/B/RAW#two')).stdout).toBe('nothing was ever ordered for /A/B/RAW#two\n');
    const unknown = await run('history', 'who', '/A/B/RAWW');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('there is no such dataset')]);
  });

  it('keeps all that a cycle was made from', async () => {
    const { stdout } = await run('history', 'show', '1', '--json');
    const { document, contents, isTest } = JSON.parse(stdout) as {
      readonly document: Readonly<Record<string, unknown>>;
      readonly contents: Readonly<Record<string, string>>;
      readonly isTest: boolean;
    };
    const sha256 = createHash('sha256').update(POLICY).digest('hex');
    expect([isTest, contents.policy]).toEqual([false, sha256]);
    expect(Object.keys(document)).toEqual(['plan', 'carried_out', 'dropped', 'inputs', 'notes']);
    expect(document).toMatchObject({
      plan: {
        decisions: [
          { dataset: '/A/B/AOD', site: 'T2_A', decision: 'delete', line: 0, size: 600 },
          { dataset: '/A/B/RAW', site: 'T2_A', decision: 'protect', line: 5, size: 600 },
        ],
        handed_over: [],
      },
      carried_out: { deleted: 2, copied: 0, handed_over: 0 },
      inputs: {
        ...{
          format: 2,
          dynamo: DYNAMO_VERSION,
          policy: { file: 'policy.txt', sha256 },
          guard: 'on',
          deletion_per_iteration: 0.01,
        },
        ...{ minimum_age_seconds: 0, limits: { closed_sites: {} }, attributes: [] },
      },
    });
  });

  it('lists cycles, and shows one', async () => {
    expect((await run('history', 'list')).stdout).toMatch(/1 +20\d\d-\S+ \S+ +Detox P +1 +2/);
    const { stdout } = await run('history', 'show', '1');
    expect(stdout).toMatch(/^cycle 1: Detox P, .*planned on version 1, made version 2, by Dynamo \d/);
    expect(stdout).toMatch(/line 5: Protect dataset\.name == \/\*\/\*\/RAW - 1 replica/);
    expect(stdout).toMatch(/0 steps not carried out/);
    expect((await run('history', 'show', '7')).stderr).toMatch(/there is no cycle 7/);
  });

  it('is asked by dataset, site, line and time', async () => {
    const json = async (...args: string[]) => JSON.parse((await run('history', ...args, '--json')).stdout);
    const deleted = { cycle: 1, kind: 'delete', dataset: '/A/B/AOD', site: 'T2_A', blocks: 2, bytes: 600 };
    const found = [expect.objectContaining({ ...deleted, reference: 'line 0', planner: 'detox', title: 'Detox P' })];
    for (const args of [['--dataset', '/A/B/AOD'], ['--site', 'T2_A'], ['--line', '0', '--since', '1 hour ago'], []]) {
      expect(await json('orders', ...args)).toEqual(found);
    }
    for (const args of [
      ['--dataset', '/A/B/RAW'],
      ['--site', 'T2_B'],
      ['--line', '5'],
      ['--kind', 'copy'],
    ]) {
      expect(await json('orders', ...args)).toEqual([]);
    }
    expect(await json('orders', '--until', '1 hour ago')).toEqual([]);
    expect((await run('history', 'orders')).stdout).toMatch(/delete +T2_A +\/A\/B\/AOD +2 +600 B +Detox P, line 0\n/);
    const { decisions, ...looked } = await json('decisions', '--dataset', '/A/B/RAW');
    expect(looked).toEqual({ unpacked: 1, ruledOut: 0, before: null });
    const [kept, ...others] = decisions;
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ cycle: 1, site: 'T2_A', decision: 'protect', line: 5, size: 600 });
    expect(kept.text).toBe('Protect dataset.name == /*/*/RAW');
    const lines = (await run('history', 'decisions', '--site', 'T2_A')).stdout.split('\n');
    expect(lines.slice(1, 3)).toEqual([
      expect.stringMatching(/1 +20\S+ \S+ +delete +T2_A +\/A\/B\/AOD +600 B +Detox P, line 0: Dismiss$/),
      expect.stringMatching(/1 +20\S+ \S+ +protect +T2_A +\/A\/B\/RAW +600 B +Detox P, line 5: Protect/),
    ]);
    const none = { decisions: [], unpacked: 0, before: null };
    expect(await json('decisions', '--line', '5', '--decision', 'delete')).toEqual({ ...none, ruledOut: 1 });
    expect((await json('decisions', '--line', '5', '--cycle', '1')).decisions).toHaveLength(1);
    expect(await json('decisions', '--line', '5', '--until', '1 hour ago')).toEqual({ ...none, ruledOut: 0 });
    expect((await run('history', 'decisions', '--line', '5', '--cycles', '0')).stdout).toMatch(
      /^no decision\ncycles before 2 were not looked at: go on with --before 2, or raise --cycles\n$/,
    );
    expect(await json('list', '--since', '1 hour ago')).toHaveLength(1);
    expect(await json('list', '--until', '1 hour ago')).toEqual([]);
  }, 60_000);

  it('says what is wrong with what is asked', async () => {
    const messages = [
      [['decisions'], 'neither a dataset nor a site nor a line is named'],
      [['decisions', '--line', '5', '--cycle', '9'], 'there is no cycle 9'],
      [['decisions', '--decision', 'drop'], 'expected one of delete, keep, protect'],
      [['orders', '--since', 'yesterday-ish'], 'yesterday-ish'],
    ] as const;
    for (const [args, message] of messages) {
      const { code, stderr } = await run('history', ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  }, 60_000);
});
