import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createRandomSource, type Store } from '@dynamo/core';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { checkedStore, type StoreReport } from './check-store.ts';
import { commitRandomly } from './fixtures/committer.ts';
import { openTarget } from './fixtures/kill-target.ts';
import { MARIADB, type MariaDb, startMariaDb } from './fixtures/mariadb.ts';
import { DAMAGES } from './fixtures/store-damages.ts';
import { makeStoreDirectory, type StoreDirectory } from './fixtures/store-directory.ts';

/** Of everything something: files, partial replicas, copies and deletions at all stages, requests, history. */
async function fill(store: Store): Promise<void> {
  let commits = 0;
  const mayGoOn = (): boolean => {
    commits += 1;
    return commits < 80;
  };
  await commitRandomly({ store, random: createRandomSource('check'), tell: () => {}, mayGoOn });
}

function expectFault({ faults }: StoreReport, { what, row }: (typeof DAMAGES)[number]): void {
  const fault = faults.find((each) => each.what === what);
  expect(fault, `${what}, among ${faults.map((each) => each.what).join('; ')}`).toBeDefined();
  expect(fault?.examples[0]).toMatch(row);
  expect(fault?.rows).toBeGreaterThanOrEqual(fault?.examples.length ?? 1);
}

describe('the check of a store in SQLite', () => {
  let sound: StoreDirectory;
  beforeAll(async () => {
    sound = await makeStoreDirectory();
    await using store = await sound.open();
    await fill(store);
  }, 60_000);
  afterAll(() => sound[Symbol.asyncDispose]());

  it('finds a sound store sound, with as many checks as there are ways here to damage one', async () => {
    await using store = await sound.open({ access: 'read' });
    expect(await checkedStore(store).check()).toMatchObject({ checks: DAMAGES.length, faults: [] });
  });

  for (const [i, damage] of DAMAGES.entries()) {
    it(`finds ${damage.what}`, async () => {
      const file = join(sound.path, `damaged${i}.sqlite`);
      await copyFile(sound.file, file);
      {
        using database = new DatabaseSync(file);
        database.exec(`pragma foreign_keys = off; ${damage.sql}`);
      }
      await using store = await sound.open({ file, access: 'read' });
      expectFault(await checkedStore(store).check(), damage);
    });
  }
});

describeWith(MARIADB, 'the check of a store in MariaDB', () => {
  let server: MariaDb;
  beforeAll(async () => {
    server = await startMariaDb();
    await server.execute('create database sound');
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());

  it('finds each damage, and nothing before', { timeout: 120_000 }, async () => {
    const target = { kind: 'mysql', ports: [server.port], database: 'sound' } as const;
    {
      await using store = await openTarget(target, 'write');
      await fill(store);
    }
    await using store = await openTarget(target, 'read');
    const check = () => checkedStore(store).check();
    expect((await check()).faults).toEqual([]);
    const connection = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root' });
    const ask = async (sql: string) => (await connection.query(sql))[0] as unknown as readonly { name: string }[];
    const tables = await ask("select table_name as name from information_schema.tables where table_schema = 'sound'");
    await connection.query('set foreign_key_checks = 0');
    await connection.query('create database copy');
    for (const { name } of tables) {
      await connection.query(`create table copy.${name} like sound.${name}`);
      await connection.query(`insert into copy.${name} select * from sound.${name}`);
    }
    await connection.query('use sound');
    for (const damage of DAMAGES) {
      await connection.query(damage.sql);
      expectFault(await check(), damage);
      for (const { name } of tables) {
        if (!new RegExp(`\\b${name}\\b`).test(damage.sql)) continue;
        await connection.query(`delete from sound.${name}`);
        await connection.query(`insert into sound.${name} select * from copy.${name}`);
      }
    }
    expect((await check()).faults).toEqual([]);
    connection.destroy();
  });
});
