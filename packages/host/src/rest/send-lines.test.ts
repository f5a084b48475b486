import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { datasetName, type RestFixture, restFixture, TOKEN } from './fixtures/rest-fixture.ts';

let fixture: RestFixture;
afterEach(() => fixture[Symbol.asyncDispose]());

interface Line {
  readonly dataset: string;
  readonly site: string;
}

function linesOf(text: string): readonly Line[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

/** Asks for a site and reads nothing of the answer until it is told to. */
async function askAndWait(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.write(`GET /api/replicas?site=T1_A HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
  socket.pause();
  return socket;
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    if (waited > 10_000) throw new Error('it never came to hold');
    await pause(10);
  }
}

describe('a stream of replicas', () => {
  it('has every replica of a site, of one version, once', async () => {
    fixture = await restFixture({ datasets: 700 });
    const answer = await fixture.ask('/api/replicas?site=T1_A');
    expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    expect(Number(answer.headers['dynamo-version'])).toBe(fixture.application.inventory.version);
    const lines = linesOf(answer.text);
    expect(new Set(lines.map(({ dataset }) => dataset)).size).toBe(700);
    expect(lines).toHaveLength(700);
    expect(new Set(lines.map(({ site }) => site))).toEqual(new Set(['T1_A']));
  });

  it('is of a dataset, of both, or of nothing', async () => {
    fixture = await restFixture();
    const dataset = encodeURIComponent(datasetName(1));
    expect(linesOf((await fixture.ask(`/api/replicas?dataset=${dataset}`)).text)).toHaveLength(2);
    expect(linesOf((await fixture.ask(`/api/replicas?dataset=${dataset}&site=T2_B`)).text)).toHaveLength(1);
    await fixture.application.inventory.update({ application: 'test', user: 'test' }, (draft) => {
      const rest = { host: null, storage: 'disk', status: 'ready', backend: null, verified: true } as const;
      draft.put('site', { name: 'T3_Empty' as never, ...rest, pfn: {}, lfn: {} });
    });
    const empty = await fixture.ask('/api/replicas?site=T3_Empty');
    expect([empty.status, empty.text]).toEqual([200, '']);
    expect((await fixture.ask('/api/replicas?site=T9')).status).toBe(404);
    expect((await fixture.ask('/api/replicas')).json.error.message).toBe('name a site or a dataset');
    expect(fixture.application.inventory.openViews).toBe(0);
  });

  it('waits for a slow reader, leaves places to others, and lets a reader that goes away go', async () => {
    fixture = await restFixture({ datasets: 30_000 });
    const { inventory, scheduler, configuration } = fixture.application;
    const sockets: Socket[] = [];
    for (let i = 0; i < configuration.scheduler.maxParallelReads / 2; i += 1) {
      sockets.push(await askAndWait(fixture.server.port));
    }
    await until(() => scheduler.counters.read.running === sockets.length);
    const refused = await fixture.ask('/api/replicas?site=T1_A');
    expect([refused.status, refused.json.error.code]).toEqual([503, 'queue-full']);
    expect((await fixture.ask('/api/sites/T1_A')).status).toBe(200);
    expect(inventory.openViews).toBe(sockets.length);
    for (const socket of sockets) socket.destroy();
    await until(() => inventory.openViews === 0);
    expect((await fixture.ask('/api/replicas?site=T1_A')).status).toBe(200);
  }, 60_000);

  it('is cut off, visibly, where the reader takes nothing', async () => {
    fixture = await restFixture({ datasets: 30_000, limits: { stallMs: 100 } });
    const { inventory } = fixture.application;
    const socket = await askAndWait(fixture.server.port);
    await until(() => inventory.openViews === 1);
    await until(() => inventory.openViews === 0);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.resume();
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1.1 200 OK/);
    expect(text.endsWith('0\r\n\r\n')).toBe(false);
    expect(fixture.log.some((line) => line.includes('an answer was cut off'))).toBe(true);
  }, 60_000);
});
