/** The faults of a real database under a real server: each one clear line, questions answered, and on by itself after. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { MARIADB, type MariaDb, startMariaDb } from '../store/fixtures/mariadb.ts';
import { mountSmallDisk, type SmallDisk } from '../store/fixtures/small-disk.ts';
import { type ServeProcess, startServe } from './fixtures/serve-process.ts';

const TIMEOUT_MS = 120_000;
/** The fewest that MariaDB takes. */
const PLACES = 10;
const SYSTEM_TOOLS = { name: 'util-linux', programs: ['mount', 'umount', 'prlimit'] };
/** Not in every container. */
const canMount = await mountSmallDisk(1).then(
  (disk) => disk[Symbol.asyncDispose]().then(() => true),
  () => false,
);
const OWN_DISK = { ...SYSTEM_TOOLS, files: canMount ? [] : ['the right to mount'] };
const run = promisify(execFile);

let folder: string;
const servers: ServeProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamo-trouble-'));
});
afterEach(async () => {
  for (const { child, ended } of servers.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await rm(folder, { recursive: true });
});

async function start(database: object, server: object = {}): Promise<ServeProcess> {
  const file = join(folder, 'dynamo.json');
  const configuration = { dataDirectory: 'data', server: { port: 0, ...server }, database };
  await writeFile(file, JSON.stringify(configuration));
  const started = await startServe(file);
  servers.push(started);
  return started;
}

/** One dataset of one block; large enough to want room on the disk that lies nowhere about. */
function injection(name: string, files: number): object {
  const lfn = (i: number): string => `/store/data/${name}/${'long'.repeat(30)}/${Math.sin(i)}.root`;
  return {
    dataset: [
      {
        ...{ name: `/${name}/B/AOD`, status: 'valid', data_type: 'production', is_open: false, last_update: 1 },
        blocks: [
          {
            ...{ name: 'b', is_open: false, last_update: 1 },
            files: Array.from({ length: files }, (_, i) => ({ name: lfn(i), size: 1000, adler32: '0a1b2c3d' })),
          },
        ],
      },
    ],
  };
}

const inject = (server: ServeProcess, name: string, files = 10) =>
  server.ask('/api/inject', { method: 'POST', body: injection(name, files) });

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await holds().catch(() => false))) {
    if (performance.now() - began > 60_000) throw new Error(`${what}: not within a minute`);
    await pause(100);
  }
}

const isWell = async (server: ServeProcess): Promise<boolean> => (await server.ask('/api/health')).json.status === 'ok';

/** It was well, is asked for a change and refuses it with `line`, answers questions meanwhile, and does it when mended. */
async function survives(
  server: ServeProcess,
  {
    name,
    line,
    files,
    mend,
  }: { readonly name: string; readonly line: RegExp; readonly files?: number; mend(): Promise<unknown> },
): Promise<void> {
  const before = (await server.ask('/api/health')).json.version;
  const refused = await inject(server, name, files);
  expect(refused).toMatchObject({
    status: 503,
    json: { error: { code: 'unavailable', message: expect.stringMatching(line) } },
  });
  expect(refused.json.error.message).not.toContain('\n');

  expect((await server.ask('/api/datasets')).json).toHaveLength(before);
  const { status, faults } = (await server.ask('/api/health')).json;
  expect([status, faults[0]]).toEqual(['degraded', expect.stringMatching(line)]);
  await until('it is in the log', async () => server.output().includes('"msg":"the database does not work'));

  await mend();
  await until('it is well again', () => isWell(server));
  expect(server.output()).toContain('"msg":"the database works again"');
  expect((await server.ask('/api/health')).json.version).toBe(before);
  expect(await inject(server, name, files)).toMatchObject({ status: 200, json: { version: before + 1 } });
}

/** What it has is what a new one finds. */
async function isUndamaged(server: ServeProcess, database: object, options: object = {}): Promise<void> {
  const { version } = (await server.ask('/api/status')).json;
  expect((await server.ask('/api/store/check')).json).toMatchObject({ version, faults: [] });
  expect((await server.ask('/api/store/verify')).json.differences).toEqual([]);
  server.child.kill('SIGKILL');
  await server.ended;
  const next = await start(database, options);
  expect((await next.ask('/api/datasets')).json).toHaveLength(version);
}

describeWith(SYSTEM_TOOLS, 'a server on SQLite', () => {
  it('survives files that may not grow', { timeout: TIMEOUT_MS }, async () => {
    const database = { kind: 'sqlite', file: join(folder, 'dynamo.sqlite') };
    const server = await start(database);
    expect((await inject(server, 'first')).status).toBe(200);
    const limit = (bytes: number | 'unlimited') =>
      run('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:unlimited`]);
    await limit((await stat(`${database.file}-wal`)).size);
    await survives(server, {
      name: 'limited',
      line: /cannot commit \(.*dynamo\.sqlite\): the disk or the file system under the database fails/,
      files: 2000,
      mend: () => limit('unlimited'),
    });
    await isUndamaged(server, database);
  });
});

describeWith(OWN_DISK, 'a server on SQLite, on a disk of its own', () => {
  it('survives a full disk', { timeout: TIMEOUT_MS }, async () => {
    await using disk = await mountSmallDisk(8);
    const database = { kind: 'sqlite', file: join(disk.path, 'dynamo.sqlite') };
    const server = await start(database);
    expect((await inject(server, 'first')).status).toBe(200);
    await disk.fill();
    await survives(server, {
      name: 'full',
      line: /cannot commit \(.*dynamo\.sqlite\): the disk is full/,
      files: 2000,
      mend: () => disk.free(),
    });
    await isUndamaged(server, database);
  });
});

describeWith(MARIADB, 'a server on MariaDB', () => {
  let mariadb: MariaDb;
  let disk: SmallDisk | null = null;
  beforeAll(async () => {
    if (canMount) disk = await mountSmallDisk(160);
    mariadb = await startMariaDb({ durable: true, ...(disk === null ? {} : { directory: disk.path }) });
    await mariadb.execute('create database trouble');
    await mariadb.execute("create user dynamo@'127.0.0.1' identified by 'right'");
    await mariadb.execute("grant all on trouble.* to dynamo@'127.0.0.1'");
    await mariadb.execute("create user guest@'127.0.0.1'");
  }, TIMEOUT_MS);
  afterAll(async () => {
    await mariadb[Symbol.asyncDispose]();
    await disk?.[Symbol.asyncDispose]();
  });

  /** The server's own, which it opens again as it needs them. */
  const cutConnections = async (): Promise<void> => mariadb.execute("kill user dynamo@'127.0.0.1'");

  it('survives all that a database can do to it', { timeout: TIMEOUT_MS * 2 }, async () => {
    await writeFile(join(folder, 'password'), 'right\n', { mode: 0o600 });
    const database = {
      ...{ kind: 'mysql', addresses: [`127.0.0.1:${mariadb.port}`], database: 'trouble', user: 'dynamo' },
      ...{ passwordFile: 'password', leaseSilenceSeconds: 1 },
    };
    const server = await start(database);
    expect((await inject(server, 'first')).status).toBe(200);

    await mariadb.execute('set global read_only = 1');
    await survives(server, {
      name: 'readonly',
      line: /cannot commit \(trouble on 127\.0\.0\.1:\d+\): the database may only be read/,
      mend: () => mariadb.execute('set global read_only = 0'),
    });

    await mariadb.execute("set password for dynamo@'127.0.0.1' = password('another')");
    await cutConnections();
    await survives(server, {
      name: 'password',
      line: /cannot .* \(trouble on 127\.0\.0\.1:\d+\): the database refuses the user or the password/,
      mend: () => mariadb.execute("set password for dynamo@'127.0.0.1' = password('right')"),
    });

    await mariadb.execute(`set global max_connections = ${PLACES}`);
    const guests = await crowdOut();
    await survives(server, {
      name: 'crowd',
      line: /the database takes no more connections: raise its max_connections/,
      mend: async () => {
        for (const guest of guests) guest.destroy();
      },
    });
    await mariadb.execute('set global max_connections = 151');

    await mariadb.execute('use trouble; rename table head to head_elsewhere');
    const missing = await inject(server, 'missing');
    expect(missing).toMatchObject({ status: 500, json: { error: { code: 'corrupt' } } });
    expect(missing.json.error.message).toMatch(
      /cannot commit .*a table or column that belongs to the store is missing/,
    );
    expect((await server.ask('/api/health')).json.status).toBe('degraded');
    await mariadb.execute('use trouble; rename table head_elsewhere to head');
    await until('it is well again', () => isWell(server));

    const small = disk;
    if (small !== null) {
      await small.fill();
      await survives(server, { name: 'full', line: /the disk is full/, files: 8000, mend: () => small.free() });
    }

    await mariadb.kill();
    await survives(server, {
      name: 'killed',
      line: /cannot be opened|the connection to the database broke/,
      mend: () => mariadb.start(),
    });
    await isUndamaged(server, database);
  });

  it('survives a database that hangs: says so as soon as it is given up, and goes on', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await mariadb.execute('create database hanging');
    const database = {
      ...{ kind: 'mysql', addresses: [`127.0.0.1:${mariadb.port}`], database: 'hanging', user: 'root' },
      ...{ connectTimeoutSeconds: 1, answerTimeoutSeconds: 1, leaseSilenceSeconds: 1 },
    };
    const server = await start(database);
    expect((await inject(server, 'first')).status).toBe(200);
    mariadb.pause();
    const began = performance.now();
    const refused = inject(server, 'hanging');
    await until('it is degraded', async () => !(await isWell(server)));
    const [{ faults }, degradedMs] = [(await server.ask('/api/health')).json, performance.now() - began];
    expect(degradedMs).toBeLessThan(5000);
    expect(faults).toEqual([expect.stringMatching(/^database: cannot .* \(hanging on .*\): .* gives no answer \(/)]);
    expect((await server.ask('/api/datasets')).json).toHaveLength(1);
    expect((await refused).status).toBe(503);
    mariadb.resume();
    await until('it is well again', () => isWell(server));
    expect(server.output()).toContain('"msg":"the database works again"');
    // What nobody heard of may have been done: then it is there once.
    const again = await inject(server, 'hanging');
    expect([200, 409]).toContain(again.status);
    expect((await server.ask('/api/datasets')).json).toHaveLength(2);
    await isUndamaged(server, database);
  });

  /** Until every place is a guest's: the server, which asks all the time, may be quicker. */
  async function crowdOut() {
    const guests: Awaited<ReturnType<typeof occupy>> = [];
    while (guests.length < PLACES) {
      await cutConnections();
      guests.push(...(await occupy()));
    }
    return guests;
  }

  async function occupy() {
    const guests: Awaited<ReturnType<typeof createConnection>>[] = [];
    for (;;) {
      try {
        const guest = await createConnection({ host: '127.0.0.1', port: mariadb.port, user: 'guest' });
        guest.on('error', () => undefined);
        guests.push(guest);
      } catch (error) {
        if ((error as { errno?: number }).errno === 1040) return guests;
        throw error;
      }
    }
  }
});
