import { DatabaseSync } from 'node:sqlite';

/** Held until it is released or the process ends, however it ends. */
export interface WriterLock {
  release(): void;
}

/**
 * Excludes other processes by an open exclusive transaction on a database file of its own: SQLite's locks on files are
 * those of the operating system, which frees them at once when a process dies. Null: another one holds it.
 */
export function takeWriterLock(file: string): WriterLock | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return null;
    throw error;
  }
  return { release: () => database.close() };
}

const SQLITE_BUSY = 5;
