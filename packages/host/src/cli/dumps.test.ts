import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { dumpOf, Inventory, systemClock } from '@dynamo/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDump } from '../services/load-dump.ts';
import { storeVersion } from '../services/store-version.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const SOUND = [
  '{"type":"dump","format":1,"version":17}',
  '{"type":"group","name":"AnalysisOps"}',
  '{"type":"site","name":"T1_A","storage":"disk","status":"ready"}',
  '{"type":"site","name":"T2_B","storage":"disk","status":"ready"}',
  '{"type":"dataset","name":"/A/B-v1/AOD","status":"valid","last_update":1,"is_open":false}',
  '{"type":"block","dataset":"/A/B-v1/AOD","name":"one","size":10,"files":1,"is_open":false,"last_update":1}',
  '{"type":"file","dataset":"/A/B-v1/AOD","block":"one","lfn":"/store/1.root","size":10}',
  '{"type":"dataset_replica","dataset":"/A/B-v1/AOD","site":"T1_A","group":"AnalysisOps"}',
  '{"type":"block_replica","dataset":"/A/B-v1/AOD","block":"one","site":"T1_A","group":"AnalysisOps","last_update":1}',
  '{"type":"operation","kind":"delete","dataset":"/A/B-v1/AOD","block":"one","site":"T1_A","opened_at":5,"reason":{"source":"detox","text":"Dismiss"}}',
  '{"type":"lock","dataset":"/A/*","owner":"alice"}',
];

function dumpText(lines: readonly string[] = SOUND): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** The dump with another line in place of one of its own. */
function withLine(number: number, change: (line: string) => string): string {
  return dumpText(SOUND.map((line, index) => (index === number - 1 ? change(line) : line)));
}

async function inStore<T>(directory: TestDirectory, work: (store: Awaited<ReturnType<typeof openIn>>) => Promise<T>) {
  await using store = await openIn(directory, 'test');
  return await work(store);
}

function openIn({ path }: TestDirectory, holder: string) {
  const file = join(path, 'dynamo-data', 'dynamo.sqlite');
  return openSqliteStore({ file, access: 'write', thread: 'same', holder, clock: systemClock });
}

describe('a faulty dump', () => {
  it.concurrent.each<[string, string | Uint8Array, RegExp]>([
    ['cut in a line', dumpText().slice(0, -30), /^11:\d+: not JSON \(the dump ends in the middle of this line/],
    ['cut in its compressed data', gzipSync(dumpText()).subarray(0, 200), /^ the gzip data ends too early/],
    ['with an unknown key', withLine(3, (line) => line.replace('status', 'statsu')), /^3: statsu: .*"status"/],
    ['with a name twice', withLine(4, (line) => line.replace('T2_B', 'T1_A')), /^4: name: site T1_A is defined twice/],
    ['with a negative size', withLine(6, (line) => line.replace('10', '-10')), /^6: size: a size cannot be negative/],
    ['with an LFN that climbs', withLine(7, (line) => line.replace('/1', '/../../1')), /^7: lfn: LFN .*"\.\."/],
  ])('%s is refused with its place, and nothing is loaded', async (_what, content, message) => {
    await using directory = await testDirectory();
    const file = join(directory.path, 'inventory.dump');
    await writeFile(file, content);
    const { code, stdout, stderr } = await runDynamo(['load', file], { cwd: directory.path });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [first = '', ...rest] = stderr.split('\n');
    expect(rest).toEqual(['']);
    expect(first.startsWith(`dynamo: ${file}:`)).toBe(true);
    expect(first.slice(`dynamo: ${file}:`.length)).toMatch(message);
    expect(await inStore(directory, storeVersion)).toBe(0);
  });
});

describe('a sound dump', () => {
  let directory: TestDirectory;
  beforeAll(async () => {
    directory = await testDirectory();
    const input = dumpText();
    expect(await runDynamo(['load', '-', '--json'], { cwd: directory.path, input })).toMatchObject({
      code: 0,
      stdout: '{"version":17,"lines":11,"files":1}\n',
    });
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it('comes out as it went in', async () => {
    const { code, stdout } = await runDynamo(['dump'], { cwd: directory.path });
    expect({ code, stdout }).toEqual({ code: 0, stdout: dumpText() });
  });

  it('is written to a file, compressed as its name says', async () => {
    const out = join(directory.path, 'out.ndjson.gz');
    const { code, stdout } = await runDynamo(['dump', '--out', out, '--version', '17'], { cwd: directory.path });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(gunzipSync(await readFile(out)).toString()).toBe(dumpText());
  });

  it('of a version that the log does not reach is refused', async () => {
    const { code, stdout, stderr } = await runDynamo(['dump', '--version', '16'], { cwd: directory.path });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('dynamo: the log does not reach back to version 16 any more\n');
    const future = await runDynamo(['dump', '--version', '18'], { cwd: directory.path });
    expect(future.stderr).toMatch(/there is no version 18: the inventory is at version 17/);
  });

  it('is not loaded into a store that is not empty', async () => {
    const { code, stderr } = await runDynamo(['load', '-'], {
      cwd: directory.path,
      input: dumpText(SOUND.slice(0, 2)),
    });
    expect(stderr).toMatch(/^dynamo: <standard input>: a dump is loaded into an empty store only, .* at version 17/);
    expect(code).toBe(1);
    expect(await inStore(directory, storeVersion)).toBe(17);
  });
});

describe('a backup', () => {
  it('leaves every site unverified: no copy counts for the guard until a check has seen it', async () => {
    await using directory = await testDirectory();
    await using store = await openIn(directory, 'dynamo load');
    await loadDump(store, dumpOf(dumpText()), { file: 'dump', restore: true });
    const inventory = await Inventory.open(store.inventory);
    using view = inventory.view();
    const verified = [...view.sites()].map((site) => site.toRecord().verified);
    expect(verified.length).toBeGreaterThan(0);
    expect(verified).not.toContain(true);
  });
});

describe('a second writer', () => {
  it('is refused at once, and told who the first one is', async () => {
    await using directory = await testDirectory();
    await using first = await openIn(directory, 'dynamo serve');
    await loadDump(first, dumpOf(dumpText()), { file: 'dump' });
    const document = await directory.write('document.json', '{"group":[{"name":"DataOps"}]}');
    const started = performance.now();
    const { code, stderr } = await runDynamo(['inject', document], { cwd: directory.path });
    expect(stderr).toMatch(new RegExp(`^dynamo: dynamo serve \\(process ${process.pid} on .*\\) writes to this store`));
    expect(code).toBe(1);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(await storeVersion(first)).toBe(17);
  });
});
