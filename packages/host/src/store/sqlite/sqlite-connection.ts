import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

export interface SqliteFile {
  readonly file: string;
  readonly readOnly: boolean;
}

export interface SqliteResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly changes: number;
}

export type SqliteValues = readonly unknown[];

/** One connection, wherever it lives: in this thread or in a worker. Calls are carried out in the order they are made. */
export interface SqliteConnection {
  execute(sql: string, parameters: readonly unknown[]): Promise<SqliteResult>;
  /** The same, with rows as lists of values in the order of the columns: two to three times as quick for many rows. */
  executeArrays(sql: string, parameters: readonly unknown[]): Promise<readonly SqliteValues[]>;
  /** Pages of up to `pageRows` rows, read as they are asked for. */
  stream(sql: string, parameters: readonly unknown[], pageRows: number): AsyncIterableIterator<SqliteResult['rows']>;
  close(): Promise<void>;
}

/** The work itself, synchronous; also what a worker runs. */
export class SqliteSession {
  readonly #database: DatabaseSync;
  /** Most statements come again; the longest unused one goes. */
  readonly #statements = new Map<string, StatementSync>();

  constructor({ file, readOnly }: SqliteFile) {
    this.#database = new DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    if (readOnly) return;
    // FULL: a commit is on the disk when it returns, also when the machine loses power.
    this.#database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536;');
  }

  execute(sql: string, parameters: readonly unknown[]): SqliteResult {
    const statement = this.#statement(sql);
    const bound = parameters.map(toInput);
    statement.setReturnArrays(false);
    if (statement.columns().length > 0) return { rows: statement.all(...bound), changes: 0 };
    return { rows: [], changes: Number(statement.run(...bound).changes) };
  }

  executeArrays(sql: string, parameters: readonly unknown[]): readonly SqliteValues[] {
    const statement = this.#statement(sql);
    statement.setReturnArrays(true);
    return statement.all(...parameters.map(toInput)) as unknown as readonly SqliteValues[];
  }

  /** A statement of its own: one from the cache could be started again while its rows are still being read. */
  *stream(sql: string, parameters: readonly unknown[], pageRows: number): Generator<SqliteResult['rows']> {
    let page: Readonly<Record<string, unknown>>[] = [];
    for (const row of this.#database.prepare(sql).iterate(...parameters.map(toInput))) {
      page.push(row);
      if (page.length < pageRows) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    const statement = known ?? this.#database.prepare(sql);
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > MAX_STATEMENTS) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest);
        break;
      }
    }
    return statement;
  }
}

const BUSY_TIMEOUT_MS = 10_000;
const MAX_STATEMENTS = 100;

/** What `node:sqlite` takes: no booleans, no undefined. */
function toInput(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return (value ?? null) as SQLInputValue;
}
