import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { MARIADB, type MariaDb, startMariaDb } from '../store/fixtures/mariadb.ts';
import { runDynamo } from '../testing/run-dynamo.ts';
import { type ServeProcess, startServe } from './fixtures/serve-process.ts';

const LEASE_SILENCE_SECONDS = 1;

describeWith(MARIADB, 'several servers on one database', () => {
  let database: MariaDb;
  let folder: string;
  let count = 0;
  const servers: ServeProcess[] = [];

  beforeAll(async () => {
    database = await startMariaDb();
  }, 60_000);
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    count += 1;
    await database.execute(`create database several${count}`);
    folder = await mkdtemp(join(tmpdir(), 'dynamo-several-'));
  });
  afterEach(async () => {
    for (const { child, ended } of servers.splice(0)) {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true });
  });

  async function start(name: string, server: object = {}): Promise<ServeProcess> {
    const file = join(folder, `${name}.json`);
    const configuration = {
      dataDirectory: name,
      server: { port: 0, several: true, tokenFile: '../token', ...server },
      database: {
        ...{ kind: 'mysql', addresses: [`127.0.0.1:${database.port}`], database: `several${count}`, user: 'root' },
        leaseSilenceSeconds: LEASE_SILENCE_SECONDS,
      },
    };
    await writeFile(file, JSON.stringify(configuration));
    const started = await startServe(file);
    servers.push(started);
    return started;
  }

  const role = async (server: ServeProcess): Promise<string> => (await server.ask('/api/health')).json.several.role;

  async function until(what: string, holds: () => Promise<boolean>, withinMs = 15_000): Promise<number> {
    const began = performance.now();
    while (!(await holds().catch(() => false))) {
      if (performance.now() - began > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
      await pause(50);
    }
    return performance.now() - began;
  }

  const lock = (server: ServeProcess, dataset: string) =>
    server.ask('/api/locks', { method: 'POST', body: { dataset } });

  it('one leads, the other follows its log and sends changes to it', { timeout: 180_000 }, async () => {
    const first = await start('first');
    await until('the first leads', async () => (await role(first)) === 'leader');
    const second = await start('second');
    expect(await role(second)).toBe('follower');
    expect((await lock(first, '/A/*')).status).toBe(201);
    await until('the second has it', async () => (await second.ask('/api/locks')).json.length === 1, 2000);
    await until(
      'the second knows the leader',
      async () => (await second.ask('/api/health')).json.several.leader !== null,
    );

    // By the command line, which goes where it is sent, with its token.
    const environment = { DYNAMO_SERVER: second.url, DYNAMO_TOKEN_FILE: join(folder, 'token') };
    const added = await runDynamo(['lock', 'add', '--dataset', '/B/*'], { environment });
    expect(added).toMatchObject({ code: 0, stderr: '' });
    expect((await first.ask('/api/locks')).json).toHaveLength(2);
    const listed = await runDynamo(['servers'], { environment });
    expect(listed.stdout).toContain(`${first.url}`);
    expect(listed.stdout).toMatch(/leader +\d+ .*\n.*follower/);
    expect((await second.ask('/api/health')).json.several.behindSeconds).toBeLessThan(2);
  });

  it('the follower takes over from a leader that was killed, or that ends', { timeout: 180_000 }, async () => {
    const first = await start('first');
    await until('the first leads', async () => (await role(first)) === 'leader');
    const second = await start('second');
    expect((await lock(first, '/A/*')).status).toBe(201);
    first.child.kill('SIGKILL');
    await until('the second leads', async () => (await role(second)) === 'leader', 10_000);
    expect((await lock(second, '/B/*')).status).toBe(201);
    expect((await second.ask('/api/locks')).json).toHaveLength(2);

    const third = await start('third');
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    await until('the third leads', async () => (await role(third)) === 'leader', 10_000);
    expect((await third.ask('/api/locks')).json).toHaveLength(2);
  });

  it('a leader that was paused past its lease is replaced; its late commit is refused, and it ends', {
    timeout: 180_000,
  }, async () => {
    const first = await start('first');
    await until('the first leads', async () => (await role(first)) === 'leader');
    const second = await start('second');
    expect((await lock(first, '/A/*')).status).toBe(201);
    await until('the second has it', async () => (await second.ask('/api/locks')).json.length === 1);
    first.child.kill('SIGSTOP');
    // Asked while it stands still: it commits when it goes on.
    const late = lock(first, '/LATE/*').then(
      ({ status }) => status,
      () => 'cut off',
    );
    await until('the second leads', async () => (await role(second)) === 'leader', 10_000);
    expect((await lock(second, '/B/*')).status).toBe(201);
    first.child.kill('SIGCONT');
    expect(await late).not.toBe(201);
    expect(await first.ended).not.toBe(0);
    expect(first.output()).toMatch(/another server has taken the lead|lease has gone to another server/);
    const locks = (await second.ask('/api/locks')).json.map(({ dataset }: { dataset: string }) => dataset);
    expect(locks).toEqual(['/A/*', '/B/*']);
  });

  it('one that may not take over goes on answering without a leader, and says so', { timeout: 180_000 }, async () => {
    const first = await start('first');
    await until('the first leads', async () => (await role(first)) === 'leader');
    const second = await start('second', { takeOver: false });
    expect((await lock(first, '/A/*')).status).toBe(201);
    await until('the second has it', async () => (await second.ask('/api/locks')).json.length === 1);
    first.child.kill('SIGKILL');
    await first.ended;
    await pause(LEASE_SILENCE_SECONDS * 2000);
    expect(await role(second)).toBe('follower');
    expect((await second.ask('/api/locks')).json).toHaveLength(1);
  });
});
