import { once } from 'node:events';
import { createServer } from 'node:net';
import { createRandomSource, Inventory, isDynamoError, type Store, systemClock, type Version } from '@dynamo/core';
import {
  fileCatalogueContract,
  inventoryStoreContract,
  operationStoreContract,
  planStoreContract,
  recordStoresContract,
  reportStoresContract,
  sortedRecords,
} from '@dynamo/core/testing';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../../../scripts/components.ts';
import { MARIADB, type MariaDb, startMariaDb } from '../fixtures/mariadb.ts';
import { randomWork } from '../fixtures/random-work.ts';
import { recordsOf } from '../fixtures/verify-store.ts';
import { type MysqlStoreOptions, openMysqlStore } from './open-mysql-store.ts';

const contracts = {
  'inventory store': inventoryStoreContract,
  'file catalogue': fileCatalogueContract,
  'operation store': operationStoreContract,
  'stores of requests, history and findings': recordStoresContract,
  'stores of reports': reportStoresContract,
  'store of plans': planStoreContract,
};

describeWith(MARIADB, 'the MySQL store', () => {
  let server: MariaDb;
  let databases = 0;

  beforeAll(async () => {
    server = await startMariaDb();
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());

  const newDatabase = async (): Promise<string> => {
    databases += 1;
    // The server's own default would be latin1: the tables have to say what they are.
    await server.execute(`create database d${databases}`);
    return `d${databases}`;
  };
  const open = (database: string, options: Partial<MysqlStoreOptions> = {}): Promise<Store> =>
    openMysqlStore({
      addresses: [{ host: '127.0.0.1', port: server.port }],
      user: 'root',
      password: '',
      database,
      access: 'write',
      leaseSilenceMs: 600,
      holder: 'a test',
      clock: systemClock,
      random: createRandomSource('test'),
      connections: 4,
      ...options,
    });

  for (const [seam, contract] of Object.entries(contracts)) {
    describe(`as ${seam}`, () => {
      for (const { name, run } of contract(async () => open(await newDatabase()))) it(name, run);
    });
  }

  const emptyCommit = (base: number, id = `commit ${base}`) => ({
    id,
    base: base as Version,
    authorship: { application: 'test', user: 'me', time: 1 },
    changes: { changes: [] },
    counters: { nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 1 },
    operations: [],
    requests: [],
    history: null,
  });

  it('has one writer as long as it gives signs of life, and names it', async () => {
    const database = await newDatabase();
    await using first = await open(database, { holder: 'dynamo serve' });
    await expect(open(database)).rejects.toMatchObject({
      code: 'lost-lease',
      message: expect.stringMatching(/^dynamo serve \(process \d+ on .* writes to this store/),
    });
    await first.inventory.commit(emptyCommit(0));
  });

  it('gives the lease to the next at once when it is closed', async () => {
    const database = await newDatabase();
    await (await open(database)).close();
    await using next = await open(database, { leaseSilenceMs: 60_000 });
    await next.inventory.commit(emptyCommit(0));
  });

  it('takes over from a writer that has gone silent, whose commits are refused from then on', async () => {
    const database = await newDatabase();
    // Its clock sleeps for ever: no heart-beats, as of a process that was stopped.
    const paused = { ...systemClock, sleep: () => new Promise<void>(() => {}) };
    const stopped = await open(database, { clock: paused });
    await stopped.inventory.commit(emptyCommit(0));
    await using next = await open(database);
    await next.inventory.commit(emptyCommit(1));
    await expect(stopped.inventory.commit(emptyCommit(2, 'late'))).rejects.toMatchObject({ code: 'lost-lease' });
    expect((await next.inventory.load()).head.version).toBe(2);
  });

  it('answers wrong passwords, missing databases and dead servers with one clear line each', async () => {
    const failures = [
      [{ user: 'nobody', password: 'wrong' }, 'unavailable', /the database refuses the user or the password/],
      [{ database: 'nowhere' }, 'not-found', /there is no such database/],
      [{ addresses: [{ host: '127.0.0.1', port: 1 }] }, 'unavailable', /cannot be opened/],
    ] as const;
    for (const [options, code, message] of failures) {
      const failure = await open('d1', options).catch((error: unknown) => error);
      expect(isDynamoError(failure, code) && failure.message).toMatch(message);
    }
  });

  it('says which table is missing, and refuses tables that are newer than itself', async () => {
    const database = await newDatabase();
    await (await open(database)).close();
    await server.execute(`use ${database}; drop table findings`);
    const damaged = await open(database).catch((error: unknown) => error);
    expect(isDynamoError(damaged, 'corrupt') && damaged.message).toMatch(
      /^d\d+ on 127\.0\.0\.1:\d+ is damaged: the table findings is missing: restore/,
    );
    await server.execute(`use ${database}; insert into kysely_migration values ('0999-from-the-future', 'then')`);
    for (const access of ['read', 'write', 'follow'] as const) {
      const newer = await open(database, { access }).catch((error: unknown) => error);
      expect(isDynamoError(newer, 'refused') && newer.message).toMatch(/0999-from-the-future.*install a newer one/);
    }
  });

  it('waits for a place where there are too many connections, and says so in the end', async () => {
    const database = await newDatabase();
    await (await open(database)).close();
    const grant = `grant all on ${database}.* to crowd@'127.0.0.1' with max_user_connections 1`;
    await server.execute(`create user crowd@'127.0.0.1'; ${grant}`);
    const other = await createConnection({ host: '127.0.0.1', port: server.port, user: 'crowd' });
    let waits = 0;
    const opening = (sleep: () => Promise<void>) => {
      const clock = { ...systemClock, sleep };
      return open(database, { access: 'read', user: 'crowd', clock });
    };
    const refused = await opening(async () => {
      waits += 1;
    }).catch((error: unknown) => error);
    expect(waits).toBeGreaterThan(5);
    expect(isDynamoError(refused, 'unavailable') && refused.message).toMatch(
      /^cannot open the store \(.*\): the database takes no more connections: raise its max_connections/,
    );
    await using store = await opening(() => other.end());
    expect((await store.inventory.load()).head.version).toBe(0);
  });

  it('says in one line that the connection broke, also in the middle of reading', { timeout: 60_000 }, async () => {
    await using store = await open(await newDatabase());
    await store.inventory.commit(emptyCommit(0));
    const followed = await store.inventory.follow(0 as Version);
    const { records } = await store.inventory.load();
    await server.kill();
    const read = async (items: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of items);
    };
    try {
      for (const items of [records, followed.kind === 'changes' ? followed.changes : records]) {
        await expect(read(items)).rejects.toMatchObject({
          code: 'unavailable',
          message: expect.stringMatching(/^cannot /),
        });
      }
    } finally {
      await server.start();
    }
  });

  it('loads one version over several connections, whatever is committed meanwhile', { timeout: 60_000 }, async () => {
    const database = await newDatabase();
    await using store = await open(database);
    await using reader = await open(database, { access: 'read', connections: 10 });
    const writer = await Inventory.open(store.inventory);
    const random = createRandomSource('many connections');
    let goesOn = true;
    const writing = (async () => {
      while (goesOn) {
        const author = { application: 'test', user: 'me' };
        await writer
          .update(author, (draft) => randomWork(draft, store, random))
          .catch((error: unknown) => {
            if (!isDynamoError(error, 'refused')) throw error;
          });
      }
    })();
    try {
      const versions = new Set<number>();
      while (versions.size < 30) {
        const loaded = await Inventory.open(reader.inventory);
        // Memory moves after the database.
        while (writer.version < loaded.version) await systemClock.sleep(1);
        using expected = await writer.viewAt(loaded.version);
        using view = loaded.view();
        expect(sortedRecords(recordsOf(view))).toEqual(sortedRecords(recordsOf(expected)));
        versions.add(loaded.version);
      }
    } finally {
      goesOn = false;
      await writing;
    }
  });

  it('waits for an address that takes connections and says nothing no longer than it is told', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const { port } = silent.address() as { port: number };
      const dead = { host: '127.0.0.1', port };
      const refused = await open('d1', { addresses: [dead], connectTimeoutMs: 150 }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'unavailable', message: expect.stringContaining(`127.0.0.1:${port}`) });
      const addresses = [dead, { host: '127.0.0.1', port: server.port }];
      await using store = await open(await newDatabase(), { addresses, connectTimeoutMs: 150 });
      expect((await store.inventory.load()).head.version).toBe(0);
    } finally {
      silent.close();
    }
  });

  it('moves on to the next address where the first one does not answer', async () => {
    const addresses = [
      { host: '127.0.0.1', port: 1 },
      { host: '127.0.0.1', port: server.port },
    ];
    await using store = await open(await newDatabase(), { addresses });
    await store.inventory.commit(emptyCommit(0));
    expect((await store.inventory.load()).head.version).toBe(1);
  });
});
