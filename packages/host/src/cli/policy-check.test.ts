import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const POLICY = `Partition P
On site.storage_type == DISK
When site.occupancy > 0.9
Until site.occupancy < 0.8
Protect dataset.name == /*/*/RAW
Dismiss
Order none
`;
const LINES = [
  { type: 'group', name: 'G', level: 'dataset' },
  { type: 'site', name: 'T2_A', storage: 'disk', status: 'ready' },
  { type: 'partition', name: 'P', condition: 'blockreplica.owner == G' },
  { type: 'quota', site: 'T2_A', partition: 'P', bytes: 1000 },
  ...['/A/B/AOD', '/A/B/RAW'].flatMap((dataset) => [
    { type: 'dataset', name: dataset, status: 'valid', last_update: 1, attributes: { my_rank: 7 } },
    { type: 'block', dataset, name: 'b', size: 600, files: 1, is_open: false, last_update: 1 },
    { type: 'block_replica', dataset, block: 'b', site: 'T2_A', group: 'G', last_update: 1 },
  ]),
];

let directory: TestDirectory;
const run = (...args: string[]) => runDynamo(args, { cwd: directory.path });
beforeAll(async () => {
  directory = await testDirectory();
  await directory.write('dump.ndjson', LINES.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const variables = 'variables:\n- { name: dataset.my_rank, type: number }\n- { name: replica.far, type: boolean }\n';
  await directory.write('dynamo.yaml', variables);
});
afterAll(() => directory[Symbol.asyncDispose]());

/** The policy with one line in place of another; what is said of it, and how the command ends. */
async function check(line: string, instead: string, ...args: string[]): Promise<[number | null, string]> {
  expect(POLICY).toContain(`${line}\n`);
  await directory.write('p.txt', POLICY.replace(`${line}\n`, instead === '' ? '' : `${instead}\n`));
  const { code, stdout, stderr } = await run('policy', 'check', 'p.txt', ...args);
  return [code, stderr === '' ? stdout : stderr];
}

const RAW = 'Protect dataset.name == /*/*/RAW';

describe('dynamo policy check', () => {
  it.each([
    ['a type that does not fit', RAW, 'Protect dataset.size == large', 5, /not a number|number/],
    ['a time that is none', RAW, 'Protect dataset.last_update older_than soon', 5, /soon/],
    ['an operator that the type does not have', RAW, 'Protect dataset.name > 5', 5, />/],
    ['a word that an enumeration does not have', RAW, 'Protect dataset.status == VALUD', 5, /VALUD[\s\S]*VALID/],
    ['an unknown name', RAW, 'Protect dataset.usage_rnk > 5', 5, /dataset\.usage_rnk[\s\S]*dataset\.usage_rank/],
    ['a variable that has no place there', 'When site.occupancy > 0.9', 'When dataset.size > 5', 3, /dataset\.size/],
    ['a boolean that is compared', RAW, 'Protect replica.incomplete == true', 5, /bare|boolean/],
    ['no default decision', 'Dismiss', '', 6, /the default decision is missing/],
    ['no order', 'Order none', '', 6, /`Order` is missing/],
    ['no beginning', 'When site.occupancy > 0.9', '', 6, /`When` is missing/],
    ['two default decisions', 'Dismiss', 'Dismiss\nProtect', 7, /is given twice, first in line 6/],
  ])('names %s', async (_name, line, instead, at, message) => {
    const [code, said] = await check(line, instead);
    expect([code, said]).toEqual([2, expect.stringMatching(message)]);
    expect(said).toMatch(new RegExp(`^p\\.txt:${at}:\\d+: (?!warning)`, 'm'));
  });

  it.each([
    ['a line that never matches', RAW, 'Protect dataset.size > 5 and dataset.size < 3', 5, /it never holds/],
    ['a line whose time is over', RAW, `${RAW} until 2020-01-01`, 5, /its time is over/],
    [
      'a shadowed line',
      RAW,
      `${RAW}\nDelete dataset.name == /*/*/RAW`,
      6,
      /never reached: line 5 has the same condition/,
    ],
    ['watermarks the wrong way round', 'Until site.occupancy < 0.8', 'Until site.occupancy < 0.95', 4, /low watermark/],
    ['an end that holds from the start', 'Until site.occupancy < 0.8', 'Until always', 4, /holds from the start/],
    ['a swallowed predicate', RAW, 'Protect site.name == A or site.name == B', 5, /there is no `or`/],
  ])('warns of %s', async (_name, line, instead, at, message) => {
    const [code, said] = await check(line, instead);
    expect([code, said]).toEqual([0, expect.stringMatching(message)]);
    expect(said).toMatch(new RegExp(`^p\\.txt:${at}:\\d+: warning`, 'm'));
  });

  it('warns of what decides about nothing in an inventory', async () => {
    const inventory = ['--inventory', 'dump.ndjson'] as const;
    expect(await check(RAW, RAW, ...inventory)).toEqual([0, expect.stringMatching(/1 line .* nothing to remark\n$/)]);
    expect(await check(RAW, 'Protect dataset.name == /X*', ...inventory)).toEqual([
      0,
      expect.stringMatching(/p\.txt:5:1: warning: this line decides about nothing in dump\.ndjson/),
    ]);
    expect(await check('On site.storage_type == DISK', 'On site.name == T9_*', ...inventory)).toEqual([
      0,
      expect.stringMatching(
        /p\.txt:2:1: warning: no site of dump\.ndjson is a target: the policy decides about nothing/,
      ),
    ]);
    const [code, said] = await check('Partition P', 'Partition Q', ...inventory);
    expect([code, said]).toEqual([2, expect.stringContaining('the inventory has no partition `Q`')]);
  });

  it("knows the variables of the experiment's own configuration, by their types", async () => {
    const ranked = 'Protect dataset.my_rank < 5 and not replica.far';
    expect(await check(RAW, ranked)).toEqual([2, expect.stringContaining('dataset.my_rank')]);
    const config = ['--config', 'dynamo.yaml'] as const;
    expect(await check(RAW, ranked, ...config)).toEqual([0, expect.stringContaining('nothing to remark')]);
    expect(await check(RAW, 'Protect dataset.my_rank == high', ...config)).toEqual([
      2,
      expect.stringMatching(/number/),
    ]);
    expect(await check(RAW, 'Protect dataset.my_ranc < 5', ...config)).toEqual([
      2,
      expect.stringMatching(/dataset\.my_rank/),
    ]);
    // Its values may stand in a dump.
    const inventory = ['--inventory', 'dump.ndjson'] as const;
    expect(await check(RAW, 'Protect dataset.my_rank > 5', ...config, ...inventory)).toEqual([
      0,
      expect.stringContaining('nothing to remark'),
    ]);
    expect(await check(RAW, 'Protect dataset.my_rank < 5', ...config, ...inventory)).toEqual([
      0,
      expect.stringContaining('this line decides about nothing'),
    ]);
  });
});

describe('dynamo policy test', () => {
  it("has the variables of the experiment's own configuration", async () => {
    await directory.write('own.txt', POLICY.replace(RAW, 'Protect dataset.my_rank < 5\nProtect replica.far'));
    const test = (values: string, expected: string): string =>
      `policy: own.txt\nnow: 2026-01-01\nguard: off\nsites: {S: {occupancy: 0.5}}\ntests:\n- name: ranks\n  replicas:\n  - {dataset: /a, site: S, ${values}, expect: ${expected}}\n`;
    await directory.write('own.test.yaml', test('dataset.my_rank: 3', 'protect by line 5'));
    const without = await run('policy', 'test', 'own.test.yaml');
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('my_rank')]);
    expect(await run('policy', 'test', 'own.test.yaml', '--config', 'dynamo.yaml')).toMatchObject({
      code: 0,
      stderr: '',
    });
    await directory.write('own.test.yaml', test('dataset.my_rank: 7, replica.far: true', 'protect by line 6'));
    expect(await run('policy', 'test', 'own.test.yaml', '--config', 'dynamo.yaml')).toMatchObject({
      code: 0,
      stderr: '',
    });
    await directory.write('own.test.yaml', test('dataset.my_rank: high', 'keep'));
    const wrong = await run('policy', 'test', 'own.test.yaml', '--config', 'dynamo.yaml');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/my_rank/)]);
  });
});
