import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PartitionName, SiteName } from '@dynamo/core';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { defaultConfiguration } from '../configuration/read-configuration.ts';
import { restFixture } from '../rest/fixtures/rest-fixture.ts';
import { standardCycles } from './standard-cycles.ts';

const POLICY = 'Partition Physics\nOn site.name == T1_A\nWhen always\nUntil never\nDismiss\nOrder none\n';

it('runs a policy as a test beside the real ones where the configuration says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dynamo-cycles-'));
  const file = join(folder, 'physics.txt');
  await writeFile(file, POLICY);
  const { detox } = defaultConfiguration(folder);
  const policies = [
    { file, sha256: null, test: true },
    { file, sha256: null },
  ];
  await using fixture = await restFixture({ datasets: 2, configuration: { detox: { ...detox, policies } } });
  const { inventory, store } = fixture.application;
  await inventory.update({ application: 'test', user: 'test' }, (draft) => {
    const name = 'Physics' as PartitionName;
    draft.put('partition', { name, condition: 'blockreplica.owner == AnalysisOps' });
    draft.put('quota', { site: 'T1_A' as SiteName, partition: name, bytes: 5000 });
  });
  const cycles = standardCycles(fixture.application, pino({ level: 'silent' }));
  const [test, real] = ['detox physics (test)', 'detox physics'].map((name) =>
    cycles.find((each) => each.name === name),
  );
  const { signal } = new AbortController();
  expect(await test?.run(signal)).toBe('Detox Physics, a test: 2 block replicas would be deleted, cycle 1');
  expect(await store.operations.list()).toEqual([]);
  expect(await real?.run(signal)).toBe('Detox Physics: 2 steps carried out, 0 dropped');
  expect((await store.history.cycles()).map(({ cycle }) => cycle)).toEqual([2]);
  expect((await store.history.cycles({ test: true })).map(({ cycle }) => cycle)).toEqual([1]);
  await rm(folder, { recursive: true });
});
