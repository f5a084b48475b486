/** The stores, SQLite and a MariaDB that flushes: a baseline, starting from it, commits of all sizes, the files of a site. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BlockReplicaRecord,
  type Change,
  type Commit,
  type Counters,
  changeSetOf,
  createRandomSource,
  type FileCatalogue,
  type FileRecord,
  Inventory,
  type InventoryRecord,
  joinKey,
  keyOf,
  type SiteName,
  type Store,
  systemClock,
  type Version,
} from '@dynamo/core';
import { cachedFileCatalogue } from '../../packages/host/src/store/cached-file-catalogue.ts';
import { fileRowsOf } from '../../packages/host/src/store/file-rows.ts';
import { startMariaDb } from '../../packages/host/src/store/fixtures/mariadb.ts';
import { openMysqlStore } from '../../packages/host/src/store/mysql/open-mysql-store.ts';
import { openSqliteStore } from '../../packages/host/src/store/sqlite/open-sqlite-store.ts';
import { BENCH_AUTHOR, type BenchOptions, type BenchRow, type BenchSuite, medianMs } from './bench-row.ts';
import { figure } from './store-figure.ts';
import { measureVolume } from './store-volume.ts';
import { measureWriters } from './store-writers.ts';
import { syntheticInventory } from './synthetic-inventory.ts';

export const storeSuite: BenchSuite = { name: 'store', run };

const COUNTERS: Counters = { nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 1 };
const CHANGED_REPLICAS = 100_000;
const QUICK_CHANGES = 2000;
const START_TARGET_MS_PER_M = 1500;
const CACHED_BLOCKS = 2000;
const SQLITE_REPLICAS = 2_000_000;
const LEASE_SILENCE_MS = 600;

async function run(options: BenchOptions, report: (row: BenchRow) => void): Promise<void> {
  await measureMariaDb(options, report);
  // One server alone, in a file: not for so many.
  if (options.size > SQLITE_REPLICAS) return;
  for (const thread of ['same', 'worker'] as const) {
    const directory = await mkdtemp(join(tmpdir(), 'dynamo-bench-'));
    try {
      const file = join(directory, 'dynamo.sqlite');
      const open = () => openSqliteStore({ file, access: 'write', thread, holder: 'bench', clock: systemClock });
      await measure(thread === 'same' ? SAME_THREAD : 'SQLite, in workers', open, options, report);
      report(figure(`SQLite: file`, (await stat(file)).size / options.size, 'B/replica', null));
    } finally {
      await rm(directory, { recursive: true });
    }
  }
}

async function measureMariaDb(options: BenchOptions, report: (row: BenchRow) => void): Promise<void> {
  const bufferPoolMiB = options.size > 1_000_000 ? 4096 : 1024;
  const starting = startMariaDb({ durable: true, bufferPoolMiB });
  const server = await starting.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    console.error('bench: MariaDB is not installed, and was not measured');
    return null;
  });
  if (server === null) return;
  try {
    await server.execute('create database bench');
    const addresses = [{ host: '127.0.0.1', port: server.port }];
    const account = { user: 'root', password: '', database: 'bench', leaseSilenceMs: LEASE_SILENCE_MS };
    const random = createRandomSource('bench');
    const common = { access: 'write', holder: 'bench', clock: systemClock } as const;
    await measure('MariaDB', () => openMysqlStore({ addresses, ...account, ...common, random }), options, report);
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** The one of which the statements keep the event loop; servers have it in workers. */
const SAME_THREAD = 'SQLite, same thread';

async function measure(
  name: string,
  open: () => Promise<Store>,
  { size, quick }: BenchOptions,
  report: (row: BenchRow) => void,
): Promise<void> {
  await using store = await open();
  const began = performance.now();
  const head = { version: 1 as Version, counters: COUNTERS };
  await store.inventory.baseline(head, withFiles(syntheticInventory({ seed: 'bench', blockReplicas: size })));
  report(figure(`${name}: baseline`, (performance.now() - began) / (size / 1e6), 'ms/M', null));

  const replicas: BlockReplicaRecord[] = [];
  let records = 0;
  const loadMs = await medianMs(1, async () => {
    for await (const batch of (await store.inventory.load()).records) {
      records += batch.length;
      const [first] = batch;
      if (first?.entity !== 'blockReplica' || replicas.length >= CHANGED_REPLICAS) continue;
      replicas.push(...batch.map(({ record }) => record as BlockReplicaRecord));
    }
  });
  report({ ...figure(`${name}: load`, loadMs / (size / 1e6), 'ms/M', null), note: `${records} records` });

  const startMs = await medianMs(1, () => Inventory.open(store.inventory));
  const startTarget = name === 'MariaDB' ? START_TARGET_MS_PER_M : null;
  report(figure(`${name}: start, the inventory in memory`, startMs / (size / 1e6), 'ms/M', startTarget));

  const changes = replicas.slice(0, CHANGED_REPLICAS).map((before): Change => {
    const after = { ...before, operation: 'delete' as const };
    return { entity: 'blockReplica', key: keyOf('blockReplica', before), before, after };
  });
  const largeMs = await medianMs(1, () => store.inventory.commit(commitOf(1, changes)));
  const target = changes.length === CHANGED_REPLICAS ? 3000 : null;
  report(figure(`${name}: commit of ${changes.length} block replicas, durable`, largeMs, 'ms', target));

  const fewer = changes.slice(0, CHANGED_REPLICAS / 10).map(({ entity, key, before, after }) => {
    return { entity, key, before: after, after: before } as Change;
  });
  const middleMs = await medianMs(1, () => store.inventory.commit(commitOf(2, fewer)));
  report(figure(`${name}: commit of ${fewer.length} block replicas, durable`, middleMs, 'ms', null));

  let version = 3;
  const smallMs = await medianMs(quick ? 5 : 101, () => store.inventory.commit(commitOf(version++, [])));
  report(figure(`${name}: commit of nothing, durable`, smallMs, 'ms', null));

  await measureWriters(name, store, quick, report);
  const isServed = name !== SAME_THREAD;
  await measureVolume(name, store, { count: quick ? QUICK_CHANGES : CHANGED_REPLICAS, isServed }, report);

  await measureFileCache(name, store, replicas, report);

  let files = 0;
  const listMs = await medianMs(1, async () => {
    for await (const page of store.files.filesOfSite('T2_Site_1' as SiteName)) files += page.length;
  });
  report({
    ...figure(`${name}: files of a site, in order`, listMs / (files / 1e6), 'ms/M', null),
    note: `${files} files`,
  });
}

/** Of blocks one after the other, as operations ask for them: from the database, and again from memory. */
async function measureFileCache(
  name: string,
  store: Store,
  replicas: readonly BlockReplicaRecord[],
  report: (row: BenchRow) => void,
): Promise<void> {
  const rows = fileRowsOf(store);
  assert(rows !== null, 'a store in tables has rows');
  const inventory = await Inventory.open(store.inventory);
  const cache = cachedFileCatalogue({ files: store.files, rows, inventory, maxBytes: 64e6 });
  const blocks = new Map(replicas.map((each) => [joinKey(each.dataset, each.block), each]));
  const asked = [...blocks.values()].slice(0, CACHED_BLOCKS);
  const readAll = async (files: FileCatalogue): Promise<void> => {
    for (const { dataset, block } of asked) {
      for await (const _ of files.filesOfBlock(dataset, block, { at: inventory.version }));
    }
  };
  const ways = [
    ['as of a version', store.files],
    ['with all versions, to be kept', cache],
    ['from memory', cache],
  ] as const;
  for (const [way, files] of ways) {
    const ms = await medianMs(1, () => readAll(files));
    report(figure(`${name}: files of a block, ${way}`, (ms * 1000) / asked.length, 'us', null));
  }
  assert.equal(cache.counters.hits, asked.length);
}

/** Two files in every block. */
async function* withFiles(batches: Iterable<readonly InventoryRecord[]>): AsyncGenerator<readonly InventoryRecord[]> {
  let id = 0;
  for (const batch of batches) {
    const files: InventoryRecord[] = [];
    for (const { entity, record } of batch) {
      if (entity !== 'block') continue;
      for (let i = 0; i < 2; i += 1) {
        id += 1;
        const lfn = `/store/data/run/${record.name}/${id}.root`;
        const file = {
          id,
          dataset: record.dataset,
          block: record.name,
          lfn,
          size: 1000,
          checksums: { adler32: '0a1b2c3d' },
        };
        files.push({ entity: 'file', record: file as unknown as FileRecord });
      }
    }
    yield [...batch, ...files];
  }
}

function commitOf(base: number, changes: readonly Change[]): Commit {
  return {
    id: `bench ${base}`,
    base: base as Version,
    authorship: { ...BENCH_AUTHOR, time: 1 },
    changes: changeSetOf(changes),
    counters: COUNTERS,
    operations: [],
    requests: [],
    history: null,
  };
}
