/** What every storage back-end must do, whoever wrote it: copying, deleting and listing, on storage that the check owns. */
import assert from 'node:assert/strict';
import { compareByteOrder } from '../model/byte-order.ts';
import type { SiteRecord } from '../model/records.ts';
import type {
  DeletionBackend,
  DeletionTask,
  ListedFile,
  StorageLister,
  TaskResult,
  TransferBackend,
  TransferTask,
} from '../seams/storage.ts';
import type { ContractCheck } from './contract-check.ts';

/** Two empty sites and the back-ends that serve them; made anew for each check. */
export interface StorageUnderTest extends AsyncDisposable {
  readonly source: SiteRecord;
  readonly destination: SiteRecord;
  readonly transfers: TransferBackend;
  readonly deletions: DeletionBackend;
  readonly lister: StorageLister;
  /** `path` is relative to the site's root. */
  pfn(site: SiteRecord, path: string): string;
  /** Puts a file there, past the back-end. */
  write(site: SiteRecord, path: string, bytes: Uint8Array): Promise<void>;
  /** Null where there is none. */
  read(site: SiteRecord, path: string): Promise<Uint8Array | null>;
}

export function storageContract(make: () => Promise<StorageUnderTest>): readonly ContractCheck[] {
  const check = (name: string, body: (storage: StorageUnderTest) => Promise<void>): ContractCheck => ({
    name,
    async run() {
      await using storage = await make();
      await body(storage);
    },
  });

  return [
    check('accepts its own sites', async ({ source, destination, transfers, deletions, lister }) => {
      assert.ok(transfers.accepts(source, destination));
      assert.ok(deletions.accepts(source));
      assert.ok(lister.accepts(source));
    }),

    check('copies files byte for byte, an empty one too, into directories that are not there yet', async (storage) => {
      const paths = ['a/b/c.root', 'a/empty.root', 'top.root'];
      for (const path of paths) await storage.write(storage.source, path, path === 'a/empty.root' ? EMPTY : HELLO);
      const results = await transfer(
        storage,
        paths.map((path) => copyTask(storage, path, path === 'a/empty.root' ? EMPTY_FILE : HELLO_FILE)),
      );
      assert.deepEqual(
        results.map(({ id, ok }) => ({ id, ok })).sort((x, y) => compareByteOrder(x.id, y.id)),
        paths.map((id) => ({ id, ok: true })),
      );
      for (const path of paths) {
        assert.deepEqual(
          await storage.read(storage.destination, path),
          path === 'a/empty.root' ? new Uint8Array() : HELLO,
        );
        assert.notEqual(await storage.read(storage.source, path), null, 'the source is still there');
      }
    }),

    check('copying twice is harmless, also when the source has gone meanwhile', async (storage) => {
      await storage.write(storage.source, 'x', HELLO);
      assert.ok((await transferOne(storage, copyTask(storage, 'x', HELLO_FILE))).ok);
      await deleteOne(storage, deletionTask(storage, storage.source, 'x'));
      assert.ok((await transferOne(storage, copyTask(storage, 'x', HELLO_FILE))).ok);
      assert.deepEqual(await storage.read(storage.destination, 'x'), HELLO);
    }),

    check('a wrong file at the destination is replaced by the right one', async (storage) => {
      await storage.write(storage.source, 'x', HELLO);
      for (const wrong of [Uint8Array.of(1), Uint8Array.from(HELLO).reverse()]) {
        await storage.write(storage.destination, 'x', wrong);
        assert.ok((await transferOne(storage, copyTask(storage, 'x', HELLO_FILE))).ok);
        assert.deepEqual(await storage.read(storage.destination, 'x'), HELLO);
      }
    }),

    check('a source that is not there is told as such', async (storage) => {
      const result = await transferOne(storage, copyTask(storage, 'a/none', HELLO_FILE));
      assert.equal(faultOf(result), 'source-missing');
      assert.equal(await storage.read(storage.destination, 'a/none'), null);
    }),

    check('a source of the wrong size or checksum is told as such, and leaves nothing behind', async (storage) => {
      await storage.write(storage.source, 'size', Uint8Array.of(1, 2, 3));
      await storage.write(storage.source, 'sum', Uint8Array.from(HELLO).reverse());
      for (const path of ['size', 'sum']) {
        assert.equal(faultOf(await transferOne(storage, copyTask(storage, path, HELLO_FILE))), 'source-corrupt');
        assert.equal(await storage.read(storage.destination, path), null);
      }
      assert.deepEqual(await listed(storage, storage.destination), []);
    }),

    check('a failed task does not keep the others from being done', async (storage) => {
      await storage.write(storage.source, 'b', HELLO);
      const results = await transfer(
        storage,
        ['a', 'b', 'c'].map((path) => copyTask(storage, path, HELLO_FILE)),
      );
      assert.deepEqual(new Map(results.map(({ id, ok }) => [id, ok])), new Map(ENTRIES_A_B_C));
    }),

    check('nothing is copied for a claim that was lost', async (storage) => {
      await storage.write(storage.source, 'x', HELLO);
      const result = await transferOne(storage, { ...copyTask(storage, 'x', HELLO_FILE), stillMine: () => false });
      assert.equal(faultOf(result), 'lost-claim');
      assert.equal(await storage.read(storage.destination, 'x'), null);
      assert.deepEqual(await listed(storage, storage.destination), []);
    }),

    check('deletes files, and only those; one that is not there counts as deleted', async (storage) => {
      for (const path of ['a/1', 'a/2', 'b/1']) await storage.write(storage.source, path, HELLO);
      const tasks = ['a/1', 'b/1', 'b/2', 'c/1'].map((path) => deletionTask(storage, storage.source, path));
      const results = await deletion(storage, tasks);
      assert.equal(results.length, tasks.length);
      assert.ok(results.every(({ ok }) => ok));
      assert.deepEqual(await listed(storage, storage.source), ['a/2']);
    }),

    check('nothing is deleted for a claim that was lost', async (storage) => {
      await storage.write(storage.source, 'x', HELLO);
      const task = { ...deletionTask(storage, storage.source, 'x'), stillMine: () => false };
      assert.equal(faultOf(await deleteOne(storage, task)), 'lost-claim');
      assert.deepEqual(await storage.read(storage.source, 'x'), HELLO);
    }),

    check('work that is stopped before it begins says so for every task and does nothing', async (storage) => {
      await storage.write(storage.source, 'x', HELLO);
      const signal = AbortSignal.abort();
      const copies = await collect(storage.transfers.transfer([copyTask(storage, 'x', HELLO_FILE)], { signal }));
      const deletions = await collect(
        storage.deletions.delete([deletionTask(storage, storage.source, 'x')], { signal }),
      );
      assert.deepEqual([...copies, ...deletions].map(faultOf), ['lost-claim', 'lost-claim']);
      assert.deepEqual(await listed(storage, storage.source), ['x']);
      assert.deepEqual(await listed(storage, storage.destination), []);
    }),

    check('lists every file once, with its size, in byte order of the whole path', async (storage) => {
      const paths = ['a', 'a-b/c', 'a.b', 'a0', 'b/a/z', 'b/a.z', 'b/é', 'b/\u{1F600}', 'b/\uE000', 'Z', 'c/d/e/f'];
      for (const path of [...paths].reverse()) {
        await storage.write(storage.source, path, new TextEncoder().encode(path));
      }
      const files = await listedFiles(storage, storage.source);
      assert.deepEqual(
        files.map(({ path, size }) => ({ path, size })),
        [...paths].sort(compareByteOrder).map((path) => ({ path, size: new TextEncoder().encode(path).length })),
      );
    }),

    check('an empty site has an empty listing', async (storage) => {
      assert.deepEqual(await listed(storage, storage.source), []);
    }),
  ];
}

const EMPTY: Uint8Array = new Uint8Array();
const HELLO: Uint8Array = new TextEncoder().encode('hello, federation');
const HELLO_FILE = { size: 17, checksums: { adler32: '38ec0682' } } as const;
const EMPTY_FILE = { size: 0, checksums: { adler32: '00000001' } } as const;
const ENTRIES_A_B_C: readonly (readonly [string, boolean])[] = [
  ['a', false],
  ['b', true],
  ['c', false],
];

function copyTask(
  { source, destination, pfn }: StorageUnderTest,
  path: string,
  file: Pick<TransferTask, 'size' | 'checksums'>,
): TransferTask {
  return {
    id: path,
    source: { site: source, pfn: pfn(source, path) },
    destination: { site: destination, pfn: pfn(destination, path) },
    ...file,
    stillMine: () => true,
  };
}

function deletionTask({ pfn }: StorageUnderTest, site: SiteRecord, path: string): DeletionTask {
  return { id: path, site, pfn: pfn(site, path), stillMine: () => true };
}

function transfer({ transfers }: StorageUnderTest, tasks: readonly TransferTask[]): Promise<readonly TaskResult[]> {
  return collect(transfers.transfer(tasks));
}

function deletion({ deletions }: StorageUnderTest, tasks: readonly DeletionTask[]): Promise<readonly TaskResult[]> {
  return collect(deletions.delete(tasks));
}

async function transferOne(storage: StorageUnderTest, task: TransferTask): Promise<TaskResult> {
  return only(await transfer(storage, [task]), task.id);
}

async function deleteOne(storage: StorageUnderTest, task: DeletionTask): Promise<TaskResult> {
  return only(await deletion(storage, [task]), task.id);
}

function only(results: readonly TaskResult[], id: string): TaskResult {
  assert.equal(results.length, 1, 'one result for each task');
  const result = results[0] as TaskResult;
  assert.equal(result.id, id);
  assert.notEqual(result.detail, '', 'a result says what happened');
  return result;
}

function faultOf(result: TaskResult): string {
  return result.ok ? 'none' : result.fault;
}

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function listedFiles({ lister }: StorageUnderTest, site: SiteRecord): Promise<readonly ListedFile[]> {
  return (await collect(lister.list(site))).flat();
}

async function listed(storage: StorageUnderTest, site: SiteRecord): Promise<readonly string[]> {
  return (await listedFiles(storage, site)).map(({ path }) => path);
}
