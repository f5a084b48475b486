// Kills what a store rests on, again and again, and compares log, memory and tables after each:
// npm run kill-store -- [--what server|database|pause|connection|node] [--store sqlite|mysql|galera] [--kills 1000] [--minutes 5] [--seed x].
// Progress goes to stderr, a summary in JSON to stdout; it stops after so many minutes, or at SIGINT or SIGTERM, with what it
// has done so far.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandomSource } from '@dynamo/core';
import { cutConnections } from '../packages/host/src/store/fixtures/cut-connections.ts';
import { type GaleraCluster, startGalera } from '../packages/host/src/store/fixtures/galera.ts';
import { hangingDatabase, killDatabase } from '../packages/host/src/store/fixtures/kill-database.ts';
import { killNodes } from '../packages/host/src/store/fixtures/kill-nodes.ts';
import type { KillOptions, KillSummary } from '../packages/host/src/store/fixtures/kill-run.ts';
import { killServers } from '../packages/host/src/store/fixtures/kill-servers.ts';
import { type MariaDb, startMariaDb } from '../packages/host/src/store/fixtures/mariadb.ts';

const { values } = parseArgs({
  options: {
    what: { type: 'string', default: 'server' },
    store: { type: 'string', default: 'sqlite' },
    kills: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now()) },
  },
});
const { what, store, seed } = values;
const [kills, minutes] = [Number(values.kills), Number(values.minutes)];
const known = [
  'server sqlite',
  'server mysql',
  'database mysql',
  'pause mysql',
  'connection mysql',
  'node galera',
  'pause galera',
];
if (!known.includes(`${what} ${store}`) || !(kills >= 1) || !(minutes > 0)) {
  console.error(`--what and --store are one of: ${known.join(', ')}; --kills and --minutes are above 0`);
  process.exit(2);
}

/** Of which the nodes' logs are kept where it took longer. */
const TARGET_SILENCE_MS = 10_000;
const startedMs = performance.now();
const secondsSoFar = (): number => Math.round((performance.now() - startedMs) / 1000);
/** After the kill that is under way, so that the databases end as well; a second signal ends it at once. */
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (isStopped = true));
const options: Omit<KillOptions, 'target'> = {
  kills,
  random: createRandomSource(seed),
  mayGoOn: () => !isStopped && secondsSoFar() < minutes * 60,
  onKill: (done, version) => {
    if (done % 25 === 0 || done === kills) {
      console.error(`${done} of ${kills} kills survived, version ${version}, ${secondsSoFar()} s`);
    }
  },
};
const facts = { what, store, seed, asked: kills };
try {
  const summary = await { sqlite: onSqlite, mysql: onMysql, galera: onGalera }[
    store as 'sqlite' | 'mysql' | 'galera'
  ]();
  console.log(JSON.stringify({ ...facts, ok: true, ...summary, seconds: secondsSoFar() }));
} catch (error) {
  console.error(error);
  console.log(JSON.stringify({ ...facts, ok: false, error: String(error), seconds: secondsSoFar() }));
  process.exitCode = 1;
}

async function onSqlite(): Promise<KillSummary> {
  const directory = await mkdtemp(join(tmpdir(), 'dynamo-kill-store-'));
  const summary = await killServers({
    ...options,
    target: { kind: 'sqlite', file: join(directory, 'dynamo.sqlite'), thread: 'same' },
  });
  // Whoever fails keeps what it failed on.
  await rm(directory, { recursive: true });
  return summary;
}

async function onMysql(): Promise<KillSummary> {
  await using server: MariaDb = await startMariaDb({ durable: true });
  await server.execute('create database dynamo');
  const target = { kind: 'mysql', ports: [server.port], database: 'dynamo' } as const;
  // Awaited here: the server goes when this function is left.
  if (what === 'database') return await killDatabase({ ...options, target }, server);
  if (what === 'pause') {
    const limits = { connectTimeoutMs: 500, answerTimeoutMs: 1000 };
    const hanging = hangingDatabase(server, options.random.split('pauses'));
    return await killDatabase({ ...options, target: { ...target, limits } }, hanging);
  }
  return await (what === 'connection' ? cutConnections({ ...options, target }) : killServers({ ...options, target }));
}

async function onGalera(): Promise<KillSummary> {
  await using cluster: GaleraCluster = await startGalera();
  await cluster.nodes[0]?.query('create database dynamo');
  const target = { kind: 'mysql', ports: cluster.nodes.map(({ port }) => port), database: 'dynamo' } as const;
  const logs = join(tmpdir(), `dynamo-galera-logs-${seed}`);
  let kill = 0;
  const onSilence = async (silenceMs: number): Promise<void> => {
    kill += 1;
    console.error(`kill ${kill}: ${silenceMs} ms without service`);
    if (silenceMs > TARGET_SILENCE_MS) await cluster.keepLogs(join(logs, `kill-${kill}`));
  };
  return await killNodes({ ...options, target, onSilence, hangs: what === 'pause' }, cluster);
}
