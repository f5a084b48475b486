import { hostname } from 'node:os';
import process from 'node:process';
import { type Clock, DynamoError, type RandomSource } from '@dynamo/core';
import { Kysely, type MysqlPool } from 'kysely';
import { createPool } from 'mysql2';
import type { Session } from '../bulk.ts';
import type { Database } from '../database.ts';
import type { DatabaseFault } from '../dialect-differences.ts';
import type { Leadership, SharedStore } from '../leadership.ts';
import { type LeaseHolder, readLease } from '../lease.ts';
import { assertMigrated, migrate } from '../migrate.ts';
import { withRetries } from '../retry.ts';
import { sqlServerList } from '../sql-server-list.ts';
import { sqlStore } from '../sql-store.ts';
import { attemptWith, type Explain, explainAt, type SqlStoreBase, Trouble } from '../store-base.ts';
import { failoverPool } from './failover-pool.ts';
import { holdLease, type Lease, readBeat, startLease } from './hold-lease.ts';
import { ForgivingMysqlDialect } from './mysql-dialect.ts';
import { mysqlDifferences } from './mysql-differences.ts';

export interface MysqlStoreOptions {
  /** One server, or the nodes of one cluster. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Null: in the clear. Certificates and names are checked, against `ca` (PEM) or the system's authorities. */
  readonly tls?: { readonly ca: string | null } | null;
  /**
   * `write`: brings the tables up to date, and takes the writer's lease. `follow`: brings the tables up to date, and
   * leaves the lease to `leadership`.
   */
  readonly access: 'read' | 'write' | 'follow';
  /** A lease whose holder has not been heard of for this long is taken over. */
  readonly leaseSilenceMs: number;
  /** Shown to whoever is refused the lease: `dynamo serve`. */
  readonly holder: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly connections?: number;
  /** For each address: who does not answer by then counts as not to be reached. */
  readonly connectTimeoutMs?: number;
  /** A statement or a COMMIT to which nothing is said for so long is given up, and its connection with it. */
  readonly answerTimeoutMs?: number;
}

const CONNECTIONS = 10;
/** Of one load: more do not help, the rest is this process's own work. */
const LOAD_CONNECTIONS = 3;
const CONNECT_TIMEOUT_MS = 5000;
/** More than a writer waits for a lock. */
const ANSWER_TIMEOUT_MS = 15_000;
const BRISK_MIN_MS = 1000;

/**
 * Rejects with `lost-lease` where another process writes (after watching it for as long as `leaseSilenceMs`), `refused`
 * where the password is wrong or the tables are newer than this version of Dynamo, `unavailable` where there is no server.
 */
export async function openMysqlStore(options: MysqlStoreOptions): Promise<SharedStore> {
  const { access, addresses, database } = options;
  const { answerTimeoutMs = ANSWER_TIMEOUT_MS, leaseSilenceMs } = options;
  const pool = failoverPool(openPools(options), answerTimeoutMs);
  const within = (limitMs: number | null): Session => {
    const dialect = new ForgivingMysqlDialect({ pool: pool.within(limitMs) });
    return { db: new Kysely<Database>({ dialect }), differences: mysqlDifferences };
  };
  const [session, unhurried] = [within(answerTimeoutMs), within(null)];
  const brisk = within(Math.min(answerTimeoutMs, Math.max(BRISK_MIN_MS, leaseSilenceMs / 2)));
  const leasing = { ...options, brisk };
  const where = `${database} on ${addresses.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
  const trouble = new Trouble();
  const explain = explainAt(where, session, trouble);
  // A server that cannot be reached at all is waited for once it has been seen, and not where its address may be wrong.
  const attempt = retrying(explain, options, ['retry', 'disconnected', 'silent', 'crowded']);
  let lease: Lease | null = null;

  const close = async (): Promise<void> => {
    await lease?.release();
    lease = null;
    await Promise.all([session, unhurried, brisk].map(({ db }) => db.destroy()));
    await pool.end();
  };

  try {
    await attempt('open the store', async () => {
      if (access === 'read') return assertMigrated(session, where);
      await migrate(unhurried, where);
    });
    if (access === 'write') {
      lease = await attempt('take the writer’s lease', () => holdLease(session, ownName(options), leasing));
    }
  } catch (error) {
    await close();
    throw error;
  }

  const attemptOnce = attemptWith(explain);
  const patient = retrying(explain, options, ['retry', 'disconnected', 'silent', 'unreachable', 'crowded']);
  const unhindered = retrying(explain, options, ['retry']);
  const epoch = (): number => {
    if (lease === null) throw new DynamoError('lost-lease', 'the store was opened for reading, or is closed');
    return lease.epoch;
  };
  const leadership: Leadership = {
    silenceMs: options.leaseSilenceMs,
    look: () =>
      attemptOnce('look at the writer’s lease', async () => {
        const [{ epoch: present, holder }, beat] = [await readLease(brisk), await readBeat(brisk)];
        return { epoch: present, beat, holder };
      }),
    async take(from) {
      // Whoever leads may be committing, which moves the same row: on a cluster one of the two is refused.
      const taken = await unhindered('take the writer’s lease', () =>
        startLease(session, from, ownName(options), leasing),
      );
      lease = taken;
      return taken.epoch;
    },
    servers: sqlServerList(session, attemptOnce),
  };
  const { connections = CONNECTIONS } = options;
  // Half of them at the most: others have to commit meanwhile.
  const loadConnections = Math.max(1, Math.min(LOAD_CONNECTIONS, Math.floor(connections / 2)));
  const base = {
    read: session,
    write: session,
    unhurried: { read: unhurried, write: unhurried },
    loadConnections,
    epoch,
    explain,
    trouble,
  };
  return { ...sqlStore({ ...base, attempt: patient }, close), leadership };
}

/** For statements without a limit: whose host has gone is found out by the system, in about ten minutes. */
const KEEP_ALIVE = { enableKeepAlive: true, keepAliveInitialDelay: 10_000 };

function ownName({ holder, clock }: MysqlStoreOptions): LeaseHolder {
  return { holder, host: hostname(), pid: process.pid, since: clock.nowSeconds() };
}

function openPools(options: MysqlStoreOptions): readonly MysqlPool[] {
  const { addresses, user, password, database, tls = null, connections = CONNECTIONS } = options;
  const { connectTimeoutMs: connectTimeout = CONNECT_TIMEOUT_MS } = options;
  const common = {
    ...{ user, password, database, charset: 'utf8mb4_bin', connectTimeout },
    ...(tls === null ? {} : { ssl: { verifyIdentity: true, ...(tls.ca === null ? {} : { ca: tls.ca }) } }),
  };
  const pools = addresses.map(({ host, port }) =>
    // One more for the heart-beats, which must not wait for the others.
    createPool({ ...common, host, port, connectionLimit: connections + 1, ...KEEP_ALIVE }),
  );
  return pools as unknown as readonly MysqlPool[];
}

/**
 * What lost against another transaction is done again. After a broken or a silent connection too: whether the transaction
 * was committed is not known then, but all that is written here asks first (a commit for its id, a claim for its token).
 */
function retrying(
  explain: Explain,
  { clock, random }: MysqlStoreOptions,
  repeatable: readonly DatabaseFault[],
): SqlStoreBase['attempt'] {
  const isRepeatable = (fault: DatabaseFault): boolean => repeatable.includes(fault);
  const options = { clock, random: random.split('retries'), isRepeatable, faultOf: mysqlDifferences.faultOf };
  const attempt = attemptWith(explain);
  return (doing, work) => {
    // Known at once, and not only when it has been tried again as long.
    const onRepeat = (fault: DatabaseFault, error: unknown): void => {
      if (fault === 'silent') explain(doing, error);
    };
    return attempt(doing, () => withRetries({ ...options, onRepeat }, work));
  };
}
