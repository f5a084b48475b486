import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const LINES = [
  '{"type":"group","name":"G","level":"dataset"}',
  ...['T2_A', 'T2_B'].map((name) => JSON.stringify({ type: 'site', name, storage: 'disk', status: 'ready' })),
  '{"type":"partition","name":"P","condition":"blockreplica.owner == G"}',
  '{"type":"quota","site":"T2_A","partition":"P","bytes":1000}',
  '{"type":"quota","site":"T2_B","partition":"P","bytes":9000}',
  ...['/A/B/AOD', '/A/B/RAW'].flatMap((dataset) => [
    JSON.stringify({ type: 'dataset', name: dataset, status: 'valid', last_update: 1 }),
    JSON.stringify({ type: 'block', dataset, name: 'b', size: 600, files: 1, is_open: false, last_update: 1 }),
    ...['T2_A', 'T2_B'].map((site) =>
      JSON.stringify({ type: 'block_replica', dataset, block: 'b', site, group: 'G', last_update: 1 }),
    ),
  ]),
];
const POLICY = `Partition P
On site.storage_type == DISK
When site.occupancy > 0.9
Until site.occupancy < 0.8
Protect dataset.name == /*/*/RAW
Protect dataset.name == /*/*/NANOAOD
Dismiss
Order none
`;

describe('dynamo detox, offline', () => {
  let directory: TestDirectory;
  let run: (...args: string[]) => ReturnType<typeof runDynamo>;
  beforeAll(async () => {
    directory = await testDirectory();
    const policy = await directory.write('policy.txt', POLICY);
    const dump = await directory.write('dump.ndjson', `${LINES.join('\n')}\n`);
    run = (...args) => runDynamo([...args, '--policy', policy, '--inventory', dump, '--now', '1767225600']);
  }, 60_000);
  afterAll(() => directory[Symbol.asyncDispose]());

  it('plans, for people and for programs, with the same bytes each time', async () => {
    const [first, second] = [await run('detox', '--json', '--blocks'), await run('detox', '--json', '--blocks')];
    expect(first.stderr).toBe('');
    expect(first).toEqual(second);
    expect(JSON.parse(first.stdout)).toMatchObject({
      partition: 'P',
      decisions: [
        { dataset: '/A/B/AOD', site: 'T2_A', decision: 'delete', line: 0, blocks: ['b'] },
        { dataset: '/A/B/RAW', site: 'T2_A', decision: 'protect', line: 5 },
        { dataset: '/A/B/AOD', site: 'T2_B', decision: 'protect', rule: 'last-copy' },
        { dataset: '/A/B/RAW', site: 'T2_B', decision: 'protect', line: 5 },
      ],
    });
    expect((await run('detox')).stdout).toMatch(/to delete: 600 B in 1 decision/);
  });

  it('explains which line decided, and what each saw', async () => {
    const { code, stdout } = await run('detox', 'explain', '--dataset', '/A/B/RAW', '--site', 'T2_A');
    expect(code).toBe(0);
    expect(stdout).toMatch(/line 5/);
    expect(stdout).toContain('/A/B/RAW');
    const unknown = await run('detox', 'explain', '--dataset', '/A/B/RAWW', '--site', 'T2_A');
    expect(unknown.stderr).toMatch(/no dataset \/A\/B\/RAWW/);
  });

  it('explains where a site stands, and why it could not free enough', async () => {
    const { stdout } = await run('detox', 'explain', '--site', 'T2_A');
    expect(stdout).toMatch(
      /^T2_A, partition P, version \d+: quota 1\.0 kB\nholds 1\.2 kB \(120\.0%\), and 600 B \(60\.0%\) afterwards, which is enough/,
    );
    expect(stdout).toMatch(/delete +600 B +60\.0% +1 +the default decision: Dismiss/);
    expect(stdout).toMatch(/protect +600 B +60\.0% +1 +line 5: Protect dataset\.name == /);
    const all = await directory.write('all.txt', POLICY.replace('Dismiss', 'Protect dataset.name == *\nDismiss'));
    const dump = join(directory.path, 'dump.ndjson');
    const stuck = await runDynamo([
      'detox',
      'explain',
      '--site',
      'T2_A',
      '--policy',
      all,
      '--inventory',
      dump,
      '--json',
    ]);
    expect(JSON.parse(stuck.stdout)).toMatchObject({
      ...{ triggered: true, reachedStop: false, before: 1200, after: 1200 },
      shortfall: expect.stringMatching(
        /all that could go has gone: the rest is protected, most of it \(60 % of the quota\) by line/,
      ),
    });
    expect((await run('detox', 'explain', '--site', 'T2_X')).stderr).toMatch(
      /T2_X is not a site of the policy \(its sites: T2_A, T2_B/,
    );
  });

  it('compares two policies, and today with some days from now, offline', async () => {
    const other = await directory.write('other.txt', POLICY.replace('/*/*/RAW', '/*/*/AOD'));
    const compared = JSON.parse((await run('detox', 'compare', '--with', other, '--json')).stdout);
    expect(compared).toMatchObject({
      onlyFirst: 600,
      onlySecond: 600,
      first: { deleted: 600 },
      second: { deleted: 600 },
    });
    expect(compared.datasets[0]).toMatchObject({
      ...{ dataset: '/A/B/AOD', site: 'T2_A', first: { decision: 'delete', reason: 'the default decision' } },
      second: { decision: 'protect', reason: 'line 5: Protect dataset.name == /*/*/AOD' },
    });
    const { stdout } = await run('detox', 'compare', '--with', other);
    expect(stdout).toMatch(/only the first deletes 600 B, only the second 600 B, in 2 dataset replicas/);
    const later = await run('detox', 'compare', '--days', '10', '--json');
    expect(JSON.parse(later.stdout)).toMatchObject({ datasets: [], second: { now: 1767225600 + 864000 } });
    expect((await run('detox', 'compare')).stderr).toMatch(/nothing is named to compare with \(add --with FILE/);
  });

  it.each(['--inventory', '--guard'])('never commits what %s made', async (option) => {
    const policy = join(directory.path, 'policy.txt');
    const value = option === '--guard' ? 'off' : join(directory.path, 'dump.ndjson');
    const { code, stderr } = await runDynamo(['detox', '--commit', '--policy', policy, option, value]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot be committed/);
  });

  it('names the lines that decide about nothing', async () => {
    const policy = join(directory.path, 'policy.txt');
    const dump = join(directory.path, 'dump.ndjson');
    const { code, stderr } = await runDynamo(['policy', 'check', policy, '--inventory', dump]);
    expect(code).toBe(0);
    expect(stderr.match(/decides about nothing/g)).toHaveLength(1);
    expect(stderr).toContain(`${policy}:6:1: warning`);
    expect(await readFile(policy, 'utf8')).toBe(POLICY);
  });
});
