import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const DUMP = [
  '{"type":"group","name":"AnalysisOps"}',
  ...['T1_A', 'T2_B', 'T2_C'].map((name) => `{"type":"site","name":"${name}","storage":"disk","status":"ready"}`),
  '{"type":"partition","name":"Disk","condition":"site.storage_type == DISK"}',
  ...['T2_B', 'T2_C'].map((site) => `{"type":"quota","site":"${site}","partition":"Disk","bytes":1000}`),
  '{"type":"dataset","name":"/A/B-v1/AOD","status":"valid","last_update":1,"is_open":false}',
  '{"type":"block","dataset":"/A/B-v1/AOD","name":"one","size":10,"files":1,"is_open":false,"last_update":1}',
  '{"type":"file","dataset":"/A/B-v1/AOD","block":"one","lfn":"/store/1.root","size":10}',
  '{"type":"dataset_replica","dataset":"/A/B-v1/AOD","site":"T1_A","group":"AnalysisOps"}',
  '{"type":"block_replica","dataset":"/A/B-v1/AOD","block":"one","site":"T1_A","group":"AnalysisOps","last_update":1}',
  '{"type":"rule","id":5,"user":"bob","datasets":["/gone/*"],"sites":["T2_C"],"copies":1}',
];

let directory: TestDirectory;
beforeAll(async () => {
  directory = await testDirectory();
  const file = await directory.write('inventory.ndjson', DUMP.map((line) => `${line}\n`).join(''));
  expect(await dynamo('load', file)).toMatchObject({ code: 0, stderr: '' });
});
afterAll(() => directory[Symbol.asyncDispose]());

function dynamo(...args: string[]): Promise<Ended> {
  return runDynamo(args, { cwd: directory.path });
}

describe('dynamo rule', () => {
  const what = ['--dataset', '/A/*', '--site', 'T2_*', '--copies', '2'];

  it('prices, adds, changes and removes rules, and says how far they are', async () => {
    const preview = await dynamo('rule', 'add', ...what, '--preview');
    expect(preview.stdout).toContain('cost: 2 copies to make, 20 B; a cycle would order 2 of them now, 20 B\n');
    const added = JSON.parse((await dynamo('rule', 'add', ...what, '--until', '2100-01-01', '--json')).stdout);
    expect(added).toMatchObject({ id: 6, state: 'new', until: 4_102_444_800 });
    await dynamo('dealer', '--commit');
    const shown = (await dynamo('rule', 'show', '6')).stdout;
    expect(shown).toContain('last cycle: on the way: 0 of 2 copies of 1 dataset there, 2 on the way');
    expect(shown).toContain('cost: 0 copies to make, 0 B');
    expect((await dynamo('rule', 'change', '6', '--copies', '1', '--for-ever')).stdout).toMatch(/ 1 +\/A\/\* +T2_\*/);
    expect((await dynamo('rule', 'remove', '6')).stdout).toContain('removed by tester');
    const listed = JSON.parse((await dynamo('rule', 'list', '--json')).stdout);
    expect(listed).toMatchObject([
      { id: 5, user: 'bob', reason: 'satisfied: no dataset matches it now' },
      { id: 6, state: 'cancelled', copies: 1, until: null },
    ]);
  });

  it('plans for the rules of a dump, offline', async () => {
    const args = ['dealer', '--inventory', 'inventory.ndjson', '--json'];
    const plan = JSON.parse((await dynamo(...args)).stdout);
    expect(plan.requests).toEqual([{ id: 5, state: 'active', reason: 'satisfied: no dataset matches it now' }]);
    const plugin = plan.plugins.find((each: { readonly plugin: string }) => each.plugin === 'rules');
    expect(plugin.report.rules).toMatchObject([{ rule: 'rule 5 of bob', state: 'satisfied' }]);
  });

  it.each<[string, string[], RegExp]>([
    ['sites that do not exist', ['--site', 'T9_*'], /^dynamo: sites\[1\]: no site matches T9_\*\n$/],
    ['a time that is over', ['--until', '2001-01-01'], /^dynamo: until: 2001-01-01T00:00:00Z is over .*\n$/],
    ['no copy at all', ['--copies', '0'], /^dynamo: copies: expected a whole number of at least 1, got 0\n$/],
  ])('refuses a rule with %s in one line', async (_title, wrong, message) => {
    const { code, stdout, stderr } = await dynamo('rule', 'add', ...what, ...wrong);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
