import { afterEach, beforeEach, expect, it } from 'vitest';
import { Inventory } from '../inventory/inventory.ts';
import { memoryStore } from '../memory/memory-store.ts';
import type { BlockName, DatasetName, Lfn, PartitionName, SiteName } from '../model/names.ts';
import type { Version } from '../seams/commit.ts';
import { ApplicationPool } from './application-pool.ts';

const module = new URL('./fixtures/applications.ts', import.meta.url);
const author = { application: 'test', user: 'alice' };
const dataset = '/A/B-v1/AOD' as DatasetName;
const block = '48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848' as BlockName;
const sites = ['A', 'B'] as SiteName[];

let inventory: Inventory;
let pool: ApplicationPool;
let files = 0;

const addFile = () =>
  inventory.update(author, (draft) => {
    files += 1;
    draft.addFile({
      dataset,
      block,
      lfn: `/store/${files}` as Lfn,
      size: 100,
      checksums: {},
      presentAt: [sites[files % 2] as SiteName],
    });
  });

beforeEach(async () => {
  files = 0;
  inventory = await Inventory.open(memoryStore().inventory);
  await inventory.update(author, (draft) => {
    for (const name of sites) {
      draft.put('site', {
        name,
        host: null,
        storage: 'disk',
        status: 'ready',
        backend: null,
        verified: true,
        pfn: {},
        lfn: {},
      });
    }
    draft.put('partition', { name: 'Disk' as PartitionName, condition: 'site.storage_type == DISK' });
    draft.put('dataset', {
      name: dataset,
      status: 'valid',
      dataType: 'x',
      softwareVersion: '1',
      lastUpdate: 1,
      isOpen: true,
      attributes: { rank: 1.5 },
    });
    draft.put('block', { dataset, name: block, size: 0, files: 0, isOpen: true, lastUpdate: 1 });
  });
  pool = new ApplicationPool(inventory, { threads: 2, heapLimitMiB: 64, graceMs: 1000 });
});

afterEach(() => pool.close());

const run = (what: string, more: object = {}) =>
  pool.run({ name: what, module, arguments: { what, ...more }, ...more });

it('reads in the thread what the main thread reads, version after version', async () => {
  for (let i = 0; i < 20; i++) {
    await addFile();
    using view = inventory.view();
    expect(await run('sizes')).toEqual({
      version: view.version,
      datasets: [[dataset, 100 * files]],
      usage: sites.map((name) => [name, view.site(name)?.usage('Disk').physical]),
      replicas: [...(view.dataset(dataset)?.block(block)?.replicas() ?? [])].map((replica) => replica.toRecord()),
    });
  }
});

it('shows an application exactly its version across a thousand commits, there and here', async () => {
  await addFile();
  using view = inventory.view();
  const before = inventory.version;
  const running = pool.run({ name: 'late', module, arguments: { what: 'late', afterMs: 500 } });
  for (let i = 0; i < 1000; i++) await addFile();
  expect(await running).toMatchObject({ version: before, datasets: [[dataset, 100]] });
  expect(view.dataset(dataset)).toMatchObject({ size: 100, files: 1 });
  expect(inventory.view().dataset(dataset)?.files).toBe(1001);
});

it.each([
  ['throw', { code: 'internal', message: 'throw: on purpose' }],
  ['exit', { code: 'unavailable' }],
  ['fill', { code: 'unavailable' }],
])('reports an application that does "%s", and goes on', async (what, error) => {
  await expect(run(what)).rejects.toMatchObject(error);
  await expect(run('sizes')).resolves.toMatchObject({ version: inventory.version });
  expect(inventory.openViews).toBe(0);
});

it('ends an application that ignores its time limit, by name', async () => {
  const ended: unknown[] = [];
  pool.events.on('ended', (event) => ended.push(event));
  await expect(run('spin', { timeLimitMs: 100 })).rejects.toMatchObject({ code: 'deadline' });
  await expect(run('sizes')).resolves.toBeDefined();
  expect(ended).toEqual([{ name: 'spin', why: 'spin took longer than its 100 ms' }]);
});

it('aborts an application that listens without ending its thread', async () => {
  const ended: unknown[] = [];
  pool.events.on('ended', (event) => ended.push(event));
  const controller = new AbortController();
  const running = pool.run({ name: 'wait', module, arguments: { what: 'wait' }, signal: controller.signal });
  setTimeout(() => controller.abort(), 200);
  await expect(running).rejects.toMatchObject({ code: 'aborted' });
  expect(ended).toEqual([]);
});

it('commits what a writer did in its thread, guarded here', async () => {
  await addFile();
  const key = (site: SiteName) => ({ dataset, block, site });
  const update = (drop: readonly SiteName[]) =>
    pool.update(
      { name: 'writer', module, arguments: { what: 'write', replica: key(sites[0] as SiteName), drop: drop.map(key) } },
      'alice',
    );
  const version = inventory.version;
  await expect(update([sites[1] as SiteName])).rejects.toMatchObject({ code: 'refused' });
  expect(inventory.version).toBe(version);
  expect(await update([])).toMatchObject({ result: 107, version: version + 1 });
  const replicas = inventory.view().dataset(dataset)?.block(block);
  expect(replicas?.replica('A')).toMatchObject({ operation: 'copy', files: 0 });
  expect(replicas?.replica('B')).toMatchObject({ files: 1, contents: { kind: 'missing', ids: [2] } });
  await addFile();
  expect(inventory.view().dataset(dataset)?.files).toBe(3);
});

it('lets more applications wait than there are threads, and passes their messages on', async () => {
  const heard: string[] = [];
  pool.events.on('log', ({ message }) => heard.push(message));
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((message) => run('log', { message })));
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
});

it('lets who waits for a thread go when he is aborted', async () => {
  const controller = new AbortController();
  const running = ['wait', 'wait', 'sizes'].map((what) =>
    pool.run({ name: what, module, arguments: { what }, signal: controller.signal }).catch((error) => error.code),
  );
  setTimeout(() => controller.abort(), 300);
  expect(await Promise.all(running)).toEqual(['aborted', 'aborted', 'aborted']);
  await expect(run('sizes')).resolves.toBeDefined();
});

it('refuses work once it is closed, also for those who wait', async () => {
  const running = ['wait', 'wait', 'sizes'].map((what) => run(what).catch((error) => error.code));
  setTimeout(() => void pool.close(), 300);
  expect(await Promise.all(running)).toEqual(['unavailable', 'unavailable', 'closed']);
  await expect(run('sizes')).rejects.toMatchObject({ code: 'closed' });
});

it('reads an earlier version in the thread, before and after the present one, and closes its view', async () => {
  const seen: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    await addFile();
    seen.push(await run('sizes'));
  }
  for (const [i, expected] of [...seen.entries()].reverse()) {
    const view = await inventory.viewAt((inventory.version - (seen.length - 1 - i)) as Version);
    expect(await pool.run({ name: 'earlier', module, arguments: { what: 'sizes' } }, view)).toEqual(expected);
    expect(() => view.dataset(dataset)).toThrow();
    expect(await run('sizes')).toEqual(seen.at(-1));
  }
});

it('gives long lists back as they were', async () => {
  const plan = { steps: Array.from({ length: 50_500 }, (_, i) => ({ i })), title: 'a plan' };
  expect(await run('list', { items: 50_500 })).toEqual({ plan });
});

it('gives an application its long arguments as they are, and takes them back', async () => {
  const column = (length: number) => new Map(Array.from({ length }, (_, i) => [`/a/${i}`, i] as const));
  const columns = new Map([
    ['usage', column(20_500)],
    ['rank', column(3)],
  ]);
  for (let i = 0; i < 3; i++) expect(await run('echo', { columns })).toEqual(columns);
});

it('lets an application whose answer nobody wants any more come to its end, and uses its thread again', async () => {
  const one = new ApplicationPool(inventory, { threads: 1 });
  try {
    const ended: unknown[] = [];
    one.events.on('ended', (event) => ended.push(event));
    for (let i = 0; i < 10; i++) {
      const stopped = new AbortController();
      const running = one.run({
        ...{ name: 'list', module, signal: stopped.signal },
        arguments: { what: 'list', items: 200_000 },
      });
      setTimeout(() => stopped.abort(), 20 * i);
      await running.catch((error: unknown) => expect(error).toMatchObject({ code: 'aborted' }));
    }
    const { plan } = (await one.run({ name: 'list', module, arguments: { what: 'list', items: 1001 } })) as {
      plan: { steps: unknown[] };
    };
    expect(plan.steps).toHaveLength(1001);
    expect(ended).toEqual([]);
  } finally {
    await one.close();
  }
});
