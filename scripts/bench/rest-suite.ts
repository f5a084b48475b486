/**
 * The REST interface on loopback: point queries per second with their delays, and a site as a stream with the memory
 * that it takes. Server and clients are processes of their own; on a machine of two cores the clients take one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { BenchOptions, BenchRow, BenchSuite } from './bench-row.ts';
import { pointQueries } from './rest-client.ts';
import { BENCH_TOKEN, type ServerUsage } from './rest-server.ts';

export const restSuite: BenchSuite = { name: 'rest', run };

const CONNECTIONS = 16;
const MAX_REPLICAS = 100_000;
const TARGET_RATE = 10_000;
const TARGET_P99_MS = 10;

async function run({ size, quick }: BenchOptions, report: (row: BenchRow) => void): Promise<void> {
  const replicas = Math.min(size, MAX_REPLICAS);
  const module = new URL('./rest-server.ts', import.meta.url);
  const execArgv = ['--conditions=@dynamo/source', '--disable-warning=ExperimentalWarning'];
  const server = fork(module, [String(replicas)], { execArgv });
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const seconds = quick ? 1 : 5;
    const dataset = encodeURIComponent('/Primary/Era-v7/AOD');
    await pointQueries({ port, path: '/api/sites/T0', token: BENCH_TOKEN, seconds: 1, connections: CONNECTIONS });
    for (const path of [`/api/sites/T0`, `/api/datasets/${dataset}`, `/api/replicas?site=T0&dataset=${dataset}`]) {
      await measurePoints(server, { port, path, seconds }, report);
    }
    await measureStream(server, port, replicas, report);
  } finally {
    server.kill();
  }
}

async function measurePoints(
  server: ChildProcess,
  { port, path, seconds }: { readonly port: number; readonly path: string; readonly seconds: number },
  report: (row: BenchRow) => void,
): Promise<void> {
  const before = await usageOf(server);
  const delays = await pointQueries({ port, path, token: BENCH_TOKEN, seconds, connections: CONNECTIONS });
  const after = await usageOf(server);
  const sorted = Float64Array.from(delays).sort();
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  const cost = ((after.cpuMs - before.cpuMs) * 1000) / delays.length;
  const name = path.replace(/(datasets|dataset=).*/, '$1');
  const common = { suite: 'rest', naiveRatio: null } as const;
  report({
    ...common,
    ...{
      name: `point queries ${name}`,
      value: delays.length / seconds,
      unit: '/s',
      target: TARGET_RATE,
      better: 'more',
    },
    note: `${cost.toFixed(0)} us of the server's processor for each`,
  });
  report({
    ...common,
    ...{ name: `  99 of 100 answered within`, value: at(0.99), unit: 'ms', target: TARGET_P99_MS, better: 'less' },
    note: `median ${at(0.5).toFixed(2)} ms, ${CONNECTIONS} connections`,
  });
}

async function measureStream(
  server: ChildProcess,
  port: number,
  replicas: number,
  report: (row: BenchRow) => void,
): Promise<void> {
  const { rss: before } = await usageOf(server);
  let highest = before;
  const watch = setInterval(() => {
    void usageOf(server).then(({ rss }) => {
      highest = Math.max(highest, rss);
    });
  }, 50);
  const started = performance.now();
  let [bytes, lines] = [0, 0];
  for await (const chunk of (await ask(port, '/api/replicas?site=T0')) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
  }
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1000;
  if (lines !== replicas) throw new Error(`${lines} lines of ${replicas}`);
  const common = { suite: 'rest', target: null, naiveRatio: null } as const;
  const sent = `${lines} replicas, ${(bytes / 1e6).toFixed(0)} MB`;
  report({ ...common, name: 'a whole site', value: lines / seconds, unit: 'lines/s', better: 'more', note: sent });
  const grown = {
    name: '  memory that it takes',
    value: (highest - before) / 1e6,
    unit: 'MB',
    better: 'less',
  } as const;
  report({ ...common, ...grown, note: `${(before / 1e6).toFixed(0)} MB resident before; constant is the target` });
}

async function usageOf(server: ChildProcess): Promise<ServerUsage> {
  server.send('usage');
  const [usage] = (await once(server, 'message')) as [ServerUsage];
  return usage;
}

async function ask(port: number, path: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${BENCH_TOKEN}` };
  const call = httpRequest({ port, host: '127.0.0.1', path, headers });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return response;
}
