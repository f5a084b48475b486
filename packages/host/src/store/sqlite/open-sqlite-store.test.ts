import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { isDynamoError, type Version } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { makeStoreDirectory } from '../fixtures/store-directory.ts';
import { conditionOf, type StoreCondition } from '../store-condition.ts';
import { openInProcess } from './in-process-connection.ts';
import type { SqliteConnection, SqliteFile } from './sqlite-connection.ts';

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

/** Does not get smaller when it is packed. */
function randomText(): string {
  return randomBytes(500_000).toString('hex');
}

/** The administrator may write what nobody may. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

/** The one line that is shown. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!isDynamoError(error)) throw error;
    expect(error.message).not.toContain('\n');
    return `${error.code}: ${error.message}`;
  }
  throw new Error('it did not fail');
}

describe('opening the SQLite store', () => {
  it('keeps what was committed, and its version, until it is opened again', async () => {
    await using directory = await makeStoreDirectory();
    await (async () => {
      await using store = await directory.open();
      await store.inventory.commit(emptyCommit(0));
    })();
    await using store = await directory.open();
    expect((await store.inventory.load()).head.version).toBe(1);
    expect(await store.inventory.commit(emptyCommit(0))).toEqual({ version: 1, cycle: null });
    expect(await store.inventory.commit(emptyCommit(1))).toEqual({ version: 2, cycle: null });
  });

  it('has one writer at a time, names it to the next, and gives the lease back when closed', async () => {
    await using directory = await makeStoreDirectory();
    const first = await directory.open({ holder: 'dynamo serve' });
    expect(await failureOf(directory.open())).toMatch(
      new RegExp(`^lost-lease: dynamo serve \\(process ${process.pid} on .*\\) writes to this store`),
    );
    await first.close();
    await using _second = await directory.open();
  });

  it('lets others read while one writes, each commit at once', async () => {
    await using directory = await makeStoreDirectory();
    await using writer = await directory.open();
    await using reader = await directory.open({ access: 'read' });
    await writer.inventory.commit(emptyCommit(0));
    expect((await reader.inventory.load()).head.version).toBe(1);
    expect((await reader.inventory.follow(0 as Version)).kind).toBe('changes');
    expect(await failureOf(reader.inventory.commit(emptyCommit(1)))).toMatch(/^lost-lease: /);
    expect(await failureOf(reader.findings.save('here', []))).toMatch(/^unavailable: .* may only be read/);
  });

  it('refuses the commit of a writer whose lease another has taken meanwhile', async () => {
    await using directory = await makeStoreDirectory();
    await using store = await directory.open();
    await store.inventory.commit(emptyCommit(0));
    using database = new DatabaseSync(directory.file);
    database.exec('update lease set epoch = epoch + 1; update head set epoch = epoch + 1');
    expect(await failureOf(store.inventory.commit(emptyCommit(1)))).toMatch(/^lost-lease: .*nothing was written$/);
    expect((await store.inventory.load()).head.version).toBe(1);
  });

  it('says so where there is nothing to read', async () => {
    await using directory = await makeStoreDirectory();
    expect(await failureOf(directory.open({ access: 'read' }))).toMatch(/^unavailable: .* cannot be opened/);
    new DatabaseSync(directory.file).close();
    expect(await failureOf(directory.open({ access: 'read' }))).toMatch(/^not-found: .*no Dynamo store/);
  });

  it('refuses tables that are newer than itself, to write and to read', async () => {
    await using directory = await makeStoreDirectory();
    await (await directory.open()).close();
    using database = new DatabaseSync(directory.file);
    database.exec("insert into kysely_migration values ('0999-from-the-future', '2031-01-01T00:00:00.000Z')");
    for (const access of ['read', 'write'] as const) {
      expect(await failureOf(directory.open({ access }))).toMatch(
        /^refused: .*0999-from-the-future.*install a newer one/,
      );
    }
  });

  it('names a missing table, a damaged file, and a file that is no database', async () => {
    await using directory = await makeStoreDirectory();
    await using store = await directory.open();
    using database = new DatabaseSync(directory.file);
    database.exec('drop table findings');
    expect(await failureOf(store.findings.load('here'))).toMatch(/^corrupt: cannot read findings .* missing/);

    await using other = await makeStoreDirectory();
    await writeFile(other.file, 'this is not a database, but a text that is long enough to be looked at\n'.repeat(99));
    expect(await failureOf(other.open())).toMatch(/^corrupt: .*not a database/);
  });

  it('writes nothing on a full disk, and goes on when there is room again', async () => {
    await using directory = await makeStoreDirectory();
    let writer: SqliteConnection | undefined;
    const connect = async (file: SqliteFile): Promise<SqliteConnection> => {
      const connection = await openInProcess(file);
      if (!file.readOnly) writer = connection;
      return connection;
    };
    await using store = await directory.open({ connect });
    await store.inventory.commit(emptyCommit(0));
    // SQLite answers as on a full disk where its file has reached this limit.
    await writer?.execute('pragma max_page_count = 1', []);
    const large = { planner: 'p', title: 't', time: 1, planVersion: 1 as Version, document: randomText() };
    const commit = { ...emptyCommit(1), history: large };
    expect(await failureOf(store.inventory.commit(commit))).toMatch(/^unavailable: cannot commit .* the disk is full/);
    expect((await store.inventory.load()).head.version).toBe(1);
    expect(await store.history.cycles()).toEqual([]);
    await writer?.execute('pragma max_page_count = 1000000', []);
    expect(await store.inventory.commit(commit)).toEqual({ version: 2, cycle: 1 });
  });

  it('says which tables are missing, and opens nothing', async () => {
    await using directory = await makeStoreDirectory();
    await (await directory.open()).close();
    using database = new DatabaseSync(directory.file);
    database.exec('drop table findings');
    for (const access of ['read', 'write'] as const) {
      expect(await failureOf(directory.open({ access }))).toMatch(
        /^corrupt: .*dynamo\.sqlite is damaged: the table findings is missing: restore the store/,
      );
    }
    database.exec('drop table attempts');
    expect(await failureOf(directory.open())).toMatch(/the tables attempts, findings are missing/);
  });

  it('says so where the file may not be written, changes nothing, and reads it', async () => {
    await using directory = await makeStoreDirectory();
    const store = await directory.open();
    await store.inventory.commit(emptyCommit(0));
    await store.close();
    for (const file of [directory.file, join(directory.path, 'writer.lock')]) await chmod(file, 0o444);
    await chmod(directory.path, 0o555);
    await asNobody(async () => {
      expect(await failureOf(directory.open())).toMatch(
        /^unavailable: cannot open the store \(.*dynamo\.sqlite\): the database may only be read: check its permissions/,
      );
    });
    await chmod(directory.path, 0o755);
    for (const file of [directory.file, join(directory.path, 'writer.lock')]) await chmod(file, 0o644);
    await using again = await directory.open();
    expect((await again.inventory.load()).head.version).toBe(1);
  });

  it('knows of trouble until it is seen to be over', async () => {
    await using directory = await makeStoreDirectory();
    await using store = await directory.open();
    const condition = conditionOf(store) as StoreCondition;
    expect(condition.trouble()).toBeNull();
    using database = new DatabaseSync(directory.file);
    database.exec('alter table findings rename to elsewhere');
    await failureOf(store.findings.load('here'));
    expect(condition.trouble()).toMatch(/^cannot read findings .* missing/);
    // Others work; a probe looks at all of them.
    await store.inventory.commit(emptyCommit(0));
    expect(await failureOf(condition.probe())).toMatch(/^corrupt: /);
    expect(condition.trouble()).toMatch(/^cannot write to the store .* missing/);
    database.exec('alter table elsewhere rename to findings');
    await condition.probe();
    expect(condition.trouble()).toBeNull();
    expect(database.prepare('select count(*) as n from probe').get()).toEqual({ n: 0 });
  });

  it('says where it cannot make its directory', async () => {
    await using directory = await makeStoreDirectory();
    await (await directory.open()).close();
    // A file where a directory has to be stops even those who may write anywhere.
    await writeFile(join(directory.path, 'in-the-way'), '');
    const file = join(directory.path, 'in-the-way', 'dynamo.sqlite');
    expect(await failureOf(directory.open({ file }))).toMatch(/^unavailable: /);
  });

  it('gives large integers back exactly, and booleans as 0 and 1', async () => {
    await using directory = await makeStoreDirectory();
    const connection = await openInProcess({ file: directory.file, readOnly: false });
    await connection.execute('create table t (a integer, b integer, c blob)', []);
    await connection.execute('insert into t values (?, ?, ?)', [Number.MAX_SAFE_INTEGER, true, new Uint8Array([1])]);
    const { rows } = await connection.execute('select a, b, c from t where a = ?', [Number.MAX_SAFE_INTEGER]);
    expect(rows).toEqual([{ a: Number.MAX_SAFE_INTEGER, b: 1, c: new Uint8Array([1]) }]);
    await connection.close();
  });
});
