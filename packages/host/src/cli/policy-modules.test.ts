import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const POLICY = `Partition P
On site.storage_type == DISK
When site.occupancy > 0.9
Until site.occupancy < 0.8
# raw data stays
Protect dataset.name == /*/*/RAW
Dismiss
Order none
`;
const LINES = [
  { type: 'group', name: 'G', level: 'dataset' },
  ...['T2_A', 'T2_B'].map((name) => ({ type: 'site', name, storage: 'disk', status: 'ready' })),
  { type: 'partition', name: 'P', condition: 'blockreplica.owner == G' },
  { type: 'quota', site: 'T2_A', partition: 'P', bytes: 1000 },
  ...['/A/B/AOD', '/A/B/RAW'].flatMap((dataset) => [
    { type: 'dataset', name: dataset, status: 'valid', last_update: 1 },
    { type: 'block', dataset, name: 'b', size: 600, files: 1, is_open: false, last_update: 1 },
    ...['T2_A', 'T2_B'].map((site) => ({
      type: 'block_replica',
      dataset,
      block: 'b',
      site,
      group: 'G',
      last_update: 1,
    })),
  ]),
];

describe('a policy in TypeScript, on the command line', () => {
  let directory: TestDirectory;
  let text: string;
  let dump: string;
  const module = (): string => join(directory.path, 'policy.ts');
  beforeAll(async () => {
    directory = await testDirectory();
    text = await directory.write('policy.txt', POLICY);
    dump = await directory.write('dump.ndjson', LINES.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const converted = await runDynamo(['policy', 'convert', text, '--out', module()]);
    expect(converted).toMatchObject({ code: 0, stderr: '' });
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it('is checked, and plans what its text plans', async () => {
    const checked = await runDynamo(['policy', 'check', module()]);
    expect(checked.stdout).toMatch(/policy\.ts: 1 line for partition P, nothing to remark; sha256 [0-9a-f]{64}\n$/);
    const plans: unknown[] = [];
    for (const policy of [text, module()]) {
      const args = ['detox', '--policy', policy, '--inventory', dump, '--now', '1767225600', '--json'];
      const { stdout, stderr } = await runDynamo(args);
      expect(stderr).toBe('');
      plans.push(JSON.parse(stdout).decisions.map(({ line: _, ...decision }: { line: number }) => decision));
    }
    expect(plans[0]).toEqual(plans[1]);
    expect(plans[0]).toContainEqual({ dataset: '/A/B/AOD', site: 'T2_B', decision: 'delete', size: 600 });
  });

  it('is not written over, and not committed where nobody authorised it', async () => {
    const again = await runDynamo(['policy', 'convert', text, '--out', module()]);
    expect(again).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/policy\.ts: it cannot be written \(it is there/),
    });
    const committed = await runDynamo(['detox', '--policy', module(), '--commit'], { cwd: directory.path });
    expect(committed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is a program, and nobody has authorised it/),
    });
  });

  it('is faulted by its places', async () => {
    const faulty = await directory.write(
      'faulty.ts',
      "export const policy = ({ dataset }) => ({ partition: 'P', on: [], lines: [{ protect: dataset.size }], order: [] });",
    );
    const { code, stderr } = await runDynamo(['policy', 'check', faulty]);
    expect(code).toBe(2);
    expect(stderr).toContain('lines[0].protect: a condition belongs here');
    expect(stderr).toContain('otherwise: it is missing');
  });
});
