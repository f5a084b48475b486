import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runDynamo } from '../testing/run-dynamo.ts';
import { type ServeProcess, startServe, writeConfiguration } from './fixtures/serve-process.ts';

let folder: string;
const servers: ServeProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamo-serve-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.child.kill('SIGKILL');
    await server.ended;
  }
  await rm(folder, { recursive: true });
});

async function start(more = ''): Promise<ServeProcess> {
  const server = await startServe(await writeConfiguration(folder, 0, more));
  servers.push(server);
  return server;
}

describe('dynamo serve', () => {
  it('starts with nothing, keeps everything over a stop and over a kill, and ends with 0', async () => {
    const first = await start();
    expect((await stat(join(folder, 'data', 'token'))).mode & 0o777).toBe(0o600);
    const lock = { dataset: '/A/B/C*' };
    expect((await first.ask('/api/locks', { method: 'POST', body: lock })).status).toBe(201);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.output()).toMatch(/"msg":"stopped"/);

    const second = await start();
    expect(second.token).toBe(first.token);
    expect((await second.ask('/api/locks')).json).toMatchObject([{ id: 1, dataset: '/A/B/C*' }]);
    expect((await second.ask('/api/locks', { method: 'POST', body: { dataset: '/D/*' } })).status).toBe(201);
    second.child.kill('SIGKILL');
    expect(await second.ended).toBe('SIGKILL');

    const third = await start();
    expect((await third.ask('/api/locks')).json).toMatchObject([{ id: 1 }, { id: 2, dataset: '/D/*' }]);
    expect((await third.ask('/api/status')).json.version).toBe(2);
    third.child.kill('SIGINT');
    expect(await third.ended).toBe(0);
  }, 60_000);

  it('starts from the warm-start file, also after a kill, and from the tables where the file is no good', async () => {
    const file = join(folder, 'data', 'inventory.warm');
    const first = await start();
    const put = (server: ServeProcess, dataset: string) =>
      server.ask('/api/locks', { method: 'POST', body: { dataset } });
    expect((await put(first, '/A/*')).status).toBe(201);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect((await stat(file)).size).toBeGreaterThan(0);

    const second = await start();
    expect((await put(second, '/B/*')).status).toBe(201);
    second.child.kill('SIGKILL');
    await second.ended;
    // Of version 1: the log leads on.
    const third = await start();
    expect((await third.ask('/api/locks')).json).toMatchObject([{ dataset: '/A/*' }, { dataset: '/B/*' }]);
    expect(third.output()).not.toContain('no warm start');
    third.child.kill('SIGKILL');
    await third.ended;

    await writeFile(file, 'rubbish');
    const fourth = await start();
    expect((await fourth.ask('/api/locks')).json).toMatchObject([{ dataset: '/A/*' }, { dataset: '/B/*' }]);
    expect(fourth.output()).toContain('no warm start: ');
  }, 60_000);

  it('is asked by the command line, with the token of its file', async () => {
    const server = await start();
    const tokenFile = join(folder, 'data', 'token');
    const environment = { DYNAMO_SERVER: server.url, DYNAMO_TOKEN_FILE: tokenFile };
    const status = await runDynamo(['status', '--json'], { environment });
    expect([status.code, JSON.parse(status.stdout).version]).toEqual([0, 0]);
    const document = { site: [{ name: 'T2_X', storage_type: 'disk', status: 'ready' }] };
    const injected = await runDynamo(['inject', '-'], { environment, input: JSON.stringify(document) });
    expect([injected.code, injected.stderr]).toEqual([0, '']);
    expect((await server.ask('/api/sites')).json).toMatchObject([{ name: 'T2_X' }]);
    await writeFile(tokenFile, 'another-token-0123456789-0123456789\n');
    const refused = await runDynamo(['status'], { environment });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("not this server's")]);
  }, 60_000);

  it('knows people by tokens of their own', async () => {
    const file = join(folder, 'alice.token');
    const made = await runDynamo(['token', 'alice', '--file', file], {});
    expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^alice [0-9a-f]{64}\n$/)]);
    const again = await runDynamo(['token', 'alice', '--file', file], {});
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is there already')]);
    await writeFile(join(folder, 'people'), made.stdout, { mode: 0o644 });
    const server = await start('  peopleFile: people\n');
    const ask = (user: string, tokenFile: string) =>
      runDynamo(['lock', 'add', '--dataset', '/A/*'], {
        environment: { DYNAMO_SERVER: server.url, DYNAMO_TOKEN_FILE: tokenFile, USER: user },
      });
    expect(await ask('alice', file)).toMatchObject({ code: 0, stderr: '' });
    const other = await ask('bob', file);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("the token is alice's")]);
    const forged = await ask('alice', join(folder, 'data', 'token'));
    expect([forged.code, forged.stderr]).toEqual([1, expect.stringContaining('alice has a token')]);
  }, 60_000);

  it('is the only one on its store', async () => {
    const server = await start();
    await expect(startServe(await writeConfiguration(folder, 0))).rejects.toThrow(
      /ended with 1: dynamo: dynamo serve \(process \d+ .*writes to this store/,
    );
    expect((await server.ask('/api/health')).json.status).toBe('ok');
  }, 60_000);

  it('says so where its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    await expect(startServe(await writeConfiguration(folder, port))).rejects.toThrow(`127.0.0.1:${port} is taken`);
    other.close();
  }, 60_000);

  it('lets what is at work end at the first signal, and ends at once at the second', async () => {
    const server = await start();
    const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1' });
    socket.on('error', () => undefined);
    const head = `POST /api/locks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\n`;
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"dataset":`);
    await pause(200);
    server.child.kill('SIGTERM');
    while (!server.output().includes('stopping')) await pause(20);
    await pause(300);
    expect(server.child.exitCode).toBeNull();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(143);
    socket.destroy();
  }, 60_000);

  it('logs to the file that the configuration names', async () => {
    const server = await start('log:\n  level: debug\n  file: server.log\n');
    await server.ask('/api/status');
    server.child.kill('SIGTERM');
    await server.ended;
    expect(server.output()).not.toContain('"msg"');
    expect((await stat(join(folder, 'data', 'server.log'))).mode & 0o777).toBe(0o600);
  }, 60_000);
});
