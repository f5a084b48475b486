import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@dynamo/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeVersion } from '../services/store-version.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { type Ended, runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

let directory: TestDirectory;
const run = (args: readonly string[], input?: string): Promise<Ended> =>
  runDynamo(args, { cwd: directory.path, ...(input === undefined ? {} : { input }) });

async function version(): Promise<number> {
  const file = join(directory.path, 'dynamo-data', 'dynamo.sqlite');
  await using store = await openSqliteStore({
    file,
    access: 'read',
    thread: 'same',
    holder: 'test',
    clock: systemClock,
  });
  return await storeVersion(store);
}

beforeAll(async () => {
  directory = await testDirectory();
  await mkdir(join(directory.path, 'T1_A', 'store'), { recursive: true });
  const sites = [
    { type: 'group', name: 'AnalysisOps' },
    { type: 'site', name: 'T1_A', storage: 'disk', status: 'ready', backend: `file://${directory.path}/T1_A` },
    { type: 'site', name: 'T2_B', storage: 'disk', status: 'ready', backend: `file://${directory.path}/T2_B` },
  ];
  const loaded = await run(['load', '-'], sites.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(loaded).toMatchObject({ code: 0, stderr: '' });
});
afterAll(() => directory[Symbol.asyncDispose]());

interface FileEntry {
  readonly name: string;
  readonly size: number;
  readonly site: string;
}

function documentOf(files: readonly FileEntry[]): string {
  return JSON.stringify({
    dataset: [{ name: '/A/B-v1/AOD', status: 'valid', blocks: [{ name: 'one', files }] }],
    datasetreplica: [{ dataset: '/A/B-v1/AOD', site: 'T1_A', group: 'AnalysisOps', growing: true }],
  });
}

const file = (number: number, size = 3): FileEntry => ({ name: `/store/${number}.root`, size, site: 'T1_A' });

describe('an injection document', () => {
  it('with one bad file among ten thousand is refused with its path, and nothing is applied', async () => {
    const files = Array.from({ length: 10_000 }, (_, number) => file(number, number === 7777 ? -1 : 1));
    const document = await directory.write('bad.json', documentOf(files));
    const { code, stdout, stderr } = await run(['inject', document]);
    const [first = '', ...rest] = stderr.split('\n');
    expect({ code, stdout, rest }).toEqual({ code: 2, stdout: '', rest: [''] });
    expect(first).toBe(`dynamo: ${document}: dataset[0].blocks[0].files[7777].size: a size cannot be negative`);
    expect(await version()).toBe(1);
  });

  it('that is no JSON is refused by its name', async () => {
    const { code, stderr } = await run(['inject', '-'], '{"dataset": [');
    expect(stderr).toMatch(/^dynamo: <standard input>: not JSON/);
    expect(code).toBe(2);
  });
});

describe('what was injected', () => {
  beforeAll(async () => {
    const { code, stdout } = await run(['inject', '-'], documentOf([file(1), file(2)]));
    expect(stdout).toMatch(/: 1 dataset, 1 block, 2 files, 1 dataset replica, 1 block replica new, version 2\n$/);
    expect(code).toBe(0);
  });

  it('changes nothing the second time', async () => {
    const { code, stdout } = await run(['inject', '-', '--json'], documentOf([file(1), file(2)]));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 2, summary: { datasets: 0, files: 0 } });
  });

  it('is not deleted where it is the last copy', async () => {
    const document = { datasetreplica: [{ dataset: '/A/B-v1/AOD', site: 'T1_A' }] };
    const { code, stdout, stderr } = await run(['delete', '-'], JSON.stringify(document));
    expect(stderr).toMatch(/^dynamo: the guard refuses .*last-copy/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('is compared with what is at the site', async () => {
    await writeFile(join(directory.path, 'T1_A/store/1.root'), 'abc');
    const config = await directory.write('dynamo.yaml', 'consistency: { graceSeconds: 0, safetyFraction: 1 }\n');
    const differs = await run(['consistency', 'T1_A', '--config', config]);
    expect(differs.stdout).toMatch(/^T1_A at version 2: 1 file \(3 B\) there, 2 files expected: 1 missing\n/);
    expect(differs.stdout).toMatch(/^ {2}missing +1 .* \/store\/2\.root$/m);
    expect(differs.code).toBe(1);
    await writeFile(join(directory.path, 'T1_A/store/2.root'), 'abc');
    const clean = await run(['consistency', 'T1_A', '--config', config, '--json']);
    expect(JSON.parse(clean.stdout)).toMatchObject({ check: { isClean: true, findings: [] }, actions: null });
    expect(clean.code).toBe(0);
  });
});
