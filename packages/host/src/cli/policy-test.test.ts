import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runDynamo, testDirectory } from '../testing/run-dynamo.ts';

const EXAMPLES = join(import.meta.dirname, '../../../../examples/policies');

it('dynamo policy test passes the examples, a text and a module', async () => {
  const files = ['cms/Physics.test.yaml', 'disk-cache.test.yaml'].map((name) => join(EXAMPLES, name));
  const { code, stdout, stderr } = await runDynamo(['policy', 'test', ...files]);
  expect(stderr).toBe('');
  expect(stdout.match(/all passed/g)).toHaveLength(2);
  expect(code).toBe(0);
});

it('dynamo policy test ends with 1 where a test fails, and with 2 where one cannot be read', async () => {
  await using directory = await testDirectory();
  const policy = 'Partition P\nOn always\nWhen always\nUntil never\nDismiss\nOrder none\n';
  await directory.write('p.txt', policy);
  const replica = '{dataset: /a, site: S, expect: protect by line 9}';
  const failing = await directory.write('p.test.yaml', `policy: p.txt\ntests: [{name: t, replicas: [${replica}]}]\n`);
  const failed = await runDynamo(['policy', 'test', failing, '--json']);
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.stdout)).toMatchObject([
    { file: failing, ok: false, tests: [{ name: 't', failures: [{ expected: 'protect by line 9' }] }] },
  ]);
  const bad = await directory.write('bad.yaml', 'policy: [\n');
  const lost = await directory.write(
    'lost.yaml',
    'policy: q.txt\ntests: [{name: t, replicas: [{dataset: /a, site: S, expect: keep}]}]',
  );
  const both = await runDynamo(['policy', 'test', failing, bad, lost]);
  expect(both.code).toBe(2);
  expect(both.stdout).toContain('got      delete by the default decision, line 5: Dismiss');
  expect(both.stderr).toMatch(/bad\.yaml:\d+: /);
  expect(both.stderr).toMatch(/lost\.yaml: policy: cannot be read/);
});
