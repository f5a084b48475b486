import { DynamoError, memoryStore, type Store } from '@dynamo/core';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { TOKEN, testApplication } from '../rest/fixtures/rest-fixture.ts';
import type { Application } from '../services/application.ts';
import type { HealthReport } from '../services/health.ts';
import { addLock } from '../services/locks.ts';
import type { Cycle } from './cycle.ts';
import { type RunningServer, startServer } from './server.ts';

const LOCK = { dataset: '/A/*', site: null, group: null, block: null, expires: null, comment: null };

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

async function start(
  cycles: (application: Application) => readonly Cycle[],
  store: Store = memoryStore(),
): Promise<{ readonly application: Application; readonly server: RunningServer; readonly log: string[] }> {
  const application = stack.use(await testApplication({ store }));
  const log: string[] = [];
  const server = await startServer(application, {
    cycles: cycles(application),
    rest: { host: '127.0.0.1', port: 0, token: TOKEN, limits: { drainMs: 200 } },
    log: pino({ level: 'info' }, { write: (line: string) => log.push(line) }),
  });
  stack.defer(() => server.stop());
  return { application, server, log };
}

async function healthOf(server: RunningServer): Promise<{ readonly status: number; readonly report: HealthReport }> {
  const response = await fetch(`${server.url}/api/health`, { headers: { authorization: `Bearer ${TOKEN}` } });
  return { status: response.status, report: (await response.json()) as HealthReport };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function cycle(name: string, run: Cycle['run']): Cycle {
  return { name, intervalSeconds: 3600, run };
}

describe('a server', () => {
  it('tells of a cycle that fails, in health and in the log, and does the others all the same', async () => {
    let runs = 0;
    const failing = cycle('detox', () =>
      Promise.reject(new DynamoError('invalid-input', 'policy.txt:3: no such variable')),
    );
    const { server, log } = await start(() => [failing, cycle('dealer', async () => `run ${++runs}`)]);
    await until(() => server.health().cycles.every(({ last }) => last !== null));
    const { status, report } = await healthOf(server);
    expect([status, report.status, report.faults]).toEqual([
      200,
      'degraded',
      ['detox: policy.txt:3: no such variable'],
    ]);
    expect(report.cycles).toMatchObject([
      { name: 'detox', runs: 1, failures: 1, last: { outcome: 'failed' } },
      { name: 'dealer', runs: 1, failures: 0, last: { outcome: 'done', summary: 'run 1' } },
    ]);
    expect(log.some((line) => line.includes('"cycle":"detox"') && line.includes('a cycle failed'))).toBe(true);
    server.wake('dealer');
    await until(() => runs === 2);
    expect(server.health().cycles[0]?.runs).toBe(1);
  });

  it('stops when what is at work has ended: a commit is finished, nothing is begun', async () => {
    const began = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { application, server } = await start((app) => [
      cycle('detox', async (signal) => {
        began.resolve();
        await go.promise;
        await addLock(app, LOCK, { user: 'cycle' });
        return signal.aborted ? 'asked to stop' : 'not asked';
      }),
    ]);
    await began.promise;
    let isStopped = false;
    const stopping = server.stop().then(() => {
      isStopped = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([isStopped, server.health().status]).toEqual([false, 'stopping']);
    await expect(fetch(server.url)).rejects.toThrow();
    go.resolve();
    await stopping;
    expect(application.inventory.version).toBe(1);
    expect(server.health().cycles[0]?.last?.summary).toBe('asked to stop');
  });

  it.each(['a cycle', 'a request'])('fails loudly once %s finds the lease lost', async (finder) => {
    const store = memoryStore();
    const lost = new DynamoError('lost-lease', "the writer's lease has gone to another server: nothing was written");
    const commit = (): Promise<never> => Promise.reject(lost);
    const broken = { ...store, inventory: { ...store.inventory, commit } };
    const write = (app: Application) => addLock(app, LOCK, { user: 'cycle' }).then(() => 'done');
    const { server, log } = await start(
      (app) => (finder === 'a cycle' ? [cycle('detox', () => write(app))] : []),
      broken,
    );
    if (finder === 'a request') {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ dataset: '/A/*' });
      const response = await fetch(`${server.url}/api/locks`, { method: 'POST', headers, body });
      expect(response.status).toBe(503);
    }
    await expect(server.failed).rejects.toMatchObject({ code: 'lost-lease' });
    const { status, report } = await healthOf(server);
    expect([status, report.status]).toEqual([503, 'failed']);
    expect(log.some((line) => line.includes('"level":60') && line.includes('cannot go on'))).toBe(true);
  });
});
