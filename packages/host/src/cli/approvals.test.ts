import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const LINES = [
  '{"type":"group","name":"G","level":"dataset"}',
  ...['T2_A', 'T2_B'].map((name) => JSON.stringify({ type: 'site', name, storage: 'disk', status: 'ready' })),
  '{"type":"partition","name":"P","condition":"blockreplica.owner == G"}',
  '{"type":"quota","site":"T2_A","partition":"P","bytes":1000}',
  '{"type":"dataset","name":"/A/B/AOD","status":"valid","last_update":1}',
  '{"type":"block","dataset":"/A/B/AOD","name":"b","size":1200,"files":1,"is_open":false,"last_update":1}',
  ...['T2_A', 'T2_B'].map(
    (site) => `{"type":"block_replica","dataset":"/A/B/AOD","block":"b","site":"${site}","group":"G","last_update":1}`,
  ),
];
const POLICY =
  'Partition P\nOn site.name == T2_A\nWhen site.occupancy > 0.9\nUntil site.occupancy < 0.1\nDismiss\nOrder none\n';

let directory: TestDirectory;
const as = (user: string, ...args: string[]) =>
  runDynamo(args, { cwd: directory.path, environment: { USER: user, DYNAMO_CONFIG: 'dynamo.yaml' } });

beforeAll(async () => {
  directory = await testDirectory();
  await directory.write('policy.txt', POLICY);
  await directory.write('dump.ndjson', `${LINES.join('\n')}\n`);
  await directory.write('dynamo.yaml', 'guard: { approval: { bytes: 1000 } }\n');
});
afterAll(() => directory[Symbol.asyncDispose]());

describe('dynamo detox pending, approve', () => {
  it('has a large plan wait in the store until another person approves', async () => {
    expect(await as('alice', 'load', 'dump.ndjson')).toMatchObject({ code: 0 });
    const made = await as('alice', 'detox', '--commit', '--policy', 'policy.txt');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/nothing was carried out: plan 1 by alice would delete 1\.2 kB in 1 block replica,/);
    expect((await as('bob', 'detox', 'pending')).stdout).toMatch(/1 +Detox P +20\S+ \S+ +alice .* waiting until/);
    const own = await as('alice', 'detox', 'approve', '1');
    expect([own.code, own.stderr]).toEqual([1, expect.stringMatching(/made by alice: another person has to approve/)]);
    const approved = await as('bob', 'detox', 'approve', '1', '--comment', 'agreed');
    expect(approved).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'Detox P: 1 step carried out, cycle 1, version 2\n',
    });
    expect((await as('bob', 'history', 'show', '1')).stdout).toMatch(
      /approved by bob \(plan 1, made by alice .*: agreed/,
    );
    // Seven processes, each with its own start.
  }, 120_000);
});
