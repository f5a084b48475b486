import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { type Clock, DynamoError, type Store } from '@dynamo/core';
import { Kysely } from 'kysely';
import type { Session } from '../bulk.ts';
import type { Database } from '../database.ts';
import { heldByAnother, type LeaseHolder, readLease, releaseLease, takeLease } from '../lease.ts';
import { assertMigrated, migrate } from '../migrate.ts';
import { sqlStore } from '../sql-store.ts';
import { attemptWith, explainAt, Trouble } from '../store-base.ts';
import { openInProcess } from './in-process-connection.ts';
import { requeueClaims } from './requeue-claims.ts';
import type { SqliteConnection, SqliteFile } from './sqlite-connection.ts';
import { SqliteDialect } from './sqlite-dialect.ts';
import { sqliteDifferences } from './sqlite-differences.ts';
import { openInWorker } from './worker-connection.ts';
import { takeWriterLock, type WriterLock } from './writer-lock.ts';

export interface SqliteStoreOptions {
  readonly file: string;
  /** `write`: makes the file where there is none, brings its tables up to date, and takes the writer's lease. */
  readonly access: 'read' | 'write';
  /** `worker`: statements run in threads of their own, and the event loop goes on. A command has no need of it. */
  readonly thread: 'same' | 'worker';
  /** Shown to whoever is refused the lease: `dynamo serve`. */
  readonly holder: string;
  readonly clock: Clock;
  /** How a connection is opened; a test puts its own faults in between. */
  readonly connect?: (file: SqliteFile) => Promise<SqliteConnection>;
}

/** Views that are being loaded, listings that are being read: more wait for one of these. */
const MAX_READERS = 8;

/**
 * Rejects with `lost-lease` where another process writes, `not-found` where there is nothing to read, `refused` where
 * the tables are newer than this version of Dynamo.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { file, access } = options;
  const read = openSession(options, 'read');
  const write = openSession(options, access);
  const trouble = new Trouble();
  const explain = explainAt(file, read, trouble);
  const attempt = attemptWith(explain);
  let lock: WriterLock | null = null;
  let epoch: number | null = null;

  const close = async (): Promise<void> => {
    if (epoch !== null) await releaseLease(write, epoch).catch(() => {});
    epoch = null;
    await Promise.all([read.db.destroy(), write.db.destroy()]);
    lock?.release();
    lock = null;
  };

  try {
    await attempt('open the store', async () => {
      if (access === 'read') {
        await assertMigrated(read, file);
        return;
      }
      await makeDirectory(dirname(file));
      lock = takeWriterLock(join(dirname(file), 'writer.lock'));
      if (lock === null) throw heldByAnother(await currentHolder(read));
      await migrate(write, file);
      // Nobody else is writing, or there would be no lock: whoever has the row has died.
      const lease = await readLease(write);
      const { holder, clock } = options;
      const own = { holder, host: hostname(), pid: process.pid, since: clock.nowSeconds() };
      epoch = await takeLease(write, lease.epoch, own);
      await requeueClaims(write);
    });
  } catch (error) {
    await close();
    throw error;
  }

  const epochOrThrow = (): number => {
    if (epoch === null) throw new DynamoError('lost-lease', 'the store was opened for reading, or is closed');
    return epoch;
  };
  const sessions = { read, write, unhurried: { read, write }, loadConnections: 1 };
  return sqlStore({ ...sessions, epoch: epochOrThrow, attempt, explain, trouble }, close);
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new DynamoError('unavailable', `cannot make the store's directory: ${what}`, { data: { path }, cause });
  }
}

function openSession({ file, thread, connect }: SqliteStoreOptions, access: 'read' | 'write'): Session {
  const readOnly = access === 'read';
  const open = connect ?? (thread === 'worker' ? openInWorker : openInProcess);
  const dialect = new SqliteDialect({
    open: () => open({ file, readOnly }),
    maxConnections: readOnly ? MAX_READERS : 1,
    begin: readOnly ? 'begin' : 'begin immediate',
  });
  return { db: new Kysely<Database>({ dialect }), differences: sqliteDifferences };
}

/** Null where the row cannot be read: the other process may be making the tables right now. */
async function currentHolder(read: Session): Promise<LeaseHolder | null> {
  try {
    return (await readLease(read)).holder;
  } catch {
    return null;
  }
}
