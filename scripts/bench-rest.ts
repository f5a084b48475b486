// What the REST interface answers on loopback: point queries per second with their delays, and a site as a stream with
// the memory that it takes. The clients are processes of their own; on a machine of two cores they share with the server.
//
//     node --conditions=@dynamo/source scripts/bench-rest.ts [--replicas 100000] [--seconds 5] [--connections 16]
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';

interface Options {
  readonly replicas: number;
  readonly seconds: number;
  readonly connections: number;
}

const TOKEN = 'bench-token-0123456789-abcdefghijkl';
const SITES = 50;
const MAX = { replicas: 2_000_000, seconds: 60, connections: 256 };

if (process.env.BENCH_ROLE === 'server') await serve(Number(process.env.BENCH_REPLICAS));
else await measure(readOptions());

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { replicas: text, seconds: text, connections: text } });
  const number = (name: keyof Options, fallback: number): number => {
    const value = Number(values[name] ?? fallback);
    if (Number.isInteger(value) && value >= 1 && value <= MAX[name]) return value;
    throw new Error(`--${name}: expected a whole number from 1 to ${MAX[name]}`);
  };
  return {
    replicas: number('replicas', 100_000),
    seconds: number('seconds', 5),
    connections: number('connections', 16),
  };
}

async function measure(options: Options): Promise<void> {
  const server = fork(new URL(import.meta.url), {
    execArgv: ['--conditions=@dynamo/source', '--disable-warning=ExperimentalWarning'],
    env: { ...process.env, BENCH_ROLE: 'server', BENCH_REPLICAS: String(options.replicas) },
  });
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    console.log(`${options.replicas} dataset replicas at one site of ${SITES}, ${options.connections} connections`);
    const dataset = encodeURIComponent('/Primary/Era-v7/AOD');
    await pointQueries(port, '/api/sites/T0', { ...options, seconds: 1 });
    await report(server, 'one site', port, '/api/sites/T0', options);
    await report(server, 'one dataset', port, `/api/datasets/${dataset}`, options);
    await report(server, 'one replica', port, `/api/replicas?site=T0&dataset=${dataset}`, options);
    await streamSite(server, port, options.replicas);
  } finally {
    server.kill();
  }
}

async function report(
  server: ChildProcess,
  title: string,
  port: number,
  path: string,
  options: Options,
): Promise<void> {
  const before = await usageOf(server);
  const delays = await pointQueries(port, path, options);
  const after = await usageOf(server);
  const sorted = Float64Array.from(delays).sort();
  const at = (part: number): string => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(2);
  const rate = Math.round(delays.length / options.seconds);
  const cost = ((after.cpuMs - before.cpuMs) * 1000) / delays.length;
  console.log(
    `${title.padEnd(12)} ${rate}/s, median ${at(0.5)} ms, p99 ${at(0.99)} ms   (target 10000/s, p99 10 ms); ` +
      `the server's processor ${cost.toFixed(0)} us for each`,
  );
}

async function pointQueries(port: number, path: string, { seconds, connections }: Options): Promise<readonly number[]> {
  const end = performance.now() + seconds * 1000;
  const delays: number[] = [];
  await Promise.all(Array.from({ length: connections }, () => askUntil(port, path, end, delays)));
  return delays;
}

/** One connection, one question after the other. Node's own client would cost more than the server that it measures. */
async function askUntil(port: number, path: string, end: number, delays: number[]): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const question = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let [answer, started] = ['', 0];
  const ask = (): void => {
    started = performance.now();
    socket.write(question);
  };
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    answer += chunk;
    if (!isWhole(answer)) return;
    if (!answer.startsWith('HTTP/1.1 200 ')) return reject(new Error(`${path}: ${answer}`));
    answer = '';
    delays.push(performance.now() - started);
    if (performance.now() < end) ask();
    else resolve();
  });
  socket.once('error', reject);
  ask();
  await promise.finally(() => socket.destroy());
}

function isWhole(answer: string): boolean {
  const head = answer.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, head))?.[1];
  return length === undefined ? answer.endsWith('0\r\n\r\n') : answer.length >= head + 4 + Number(length);
}

async function streamSite(server: ChildProcess, port: number, replicas: number): Promise<void> {
  const { rss: before } = await usageOf(server);
  let highest = before;
  const watch = setInterval(() => {
    void usageOf(server).then(({ rss }) => {
      highest = Math.max(highest, rss);
    });
  }, 50);
  const started = performance.now();
  const response = await ask(port, '/api/replicas?site=T0');
  let [bytes, lines] = [0, 0];
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
  }
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1000;
  if (lines !== replicas) throw new Error(`${lines} lines of ${replicas}`);
  const megabytes = (value: number): string => `${(value / 1e6).toFixed(0)} MB`;
  console.log(
    `a whole site ${Math.round(lines / seconds)} replicas/s, ${megabytes(bytes)}; resident ${megabytes(before)} before, ` +
      `${megabytes(highest)} at most   (target: constant)`,
  );
}

interface Usage {
  readonly rss: number;
  readonly cpuMs: number;
}

async function usageOf(server: ChildProcess): Promise<Usage> {
  server.send('usage');
  const [usage] = (await once(server, 'message')) as [Usage];
  return usage;
}

async function ask(port: number, path: string): Promise<IncomingMessage> {
  const call = httpRequest({ port, host: '127.0.0.1', path, headers: { authorization: `Bearer ${TOKEN}` } });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return response;
}

async function serve(replicas: number): Promise<void> {
  const { Inventory, memoryStore, Scheduler, systemClock } = await import('@dynamo/core');
  const { createLog } = await import('../packages/host/src/server/create-log.ts');
  const { defaultConfiguration } = await import('../packages/host/src/configuration/read-configuration.ts');
  const { startRestServer } = await import('../packages/host/src/rest/rest-server.ts');
  const store = memoryStore();
  const inventory = await Inventory.open(store.inventory);
  await inventory.update({ application: 'bench', user: 'bench' }, (draft) => {
    for (let i = 0; i < SITES; i += 1) {
      const rest = { host: null, storage: 'disk', status: 'ready', backend: null, verified: true } as const;
      draft.put('site', { name: `T${i}` as never, ...rest, pfn: {}, lfn: {} });
    }
    for (let i = 0; i < replicas; i += 1) {
      const dataset = `/Primary/Era-v${i}/AOD` as never;
      const block = `4dbe0c6-36fa-11e8-a5e2-${String(i).padStart(12, '0')}` as never;
      const [site, lastUpdate] = ['T0' as never, 1_700_000_000];
      const rest = { dataType: null, softwareVersion: null, isOpen: false, attributes: {} };
      draft.put('dataset', { name: dataset, status: 'valid', lastUpdate, ...rest });
      draft.put('block', { dataset, name: block, size: 1e9, files: 2, isOpen: false, lastUpdate });
      draft.put('datasetReplica', { dataset, site, group: null, growing: false });
      const held = { custodial: false, operation: 'none', partial: null } as const;
      draft.put('blockReplica', { dataset, block, site, group: null, lastUpdate, ...held });
    }
  });
  const scheduler = new Scheduler({ clock: systemClock, onListenerError: () => {} });
  const application = {
    ...{ configuration: defaultConfiguration('.'), clock: systemClock, store, inventory, scheduler },
    ...{ producers: [], notCommittable: [], [Symbol.asyncDispose]: async () => {} },
  };
  const { port } = await startRestServer(application, {
    host: '127.0.0.1',
    port: 0,
    token: TOKEN,
    log: createLog({ level: 'silent', file: null }),
    health: () => {
      throw new Error('nobody asks');
    },
  });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 });
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ port });
}
