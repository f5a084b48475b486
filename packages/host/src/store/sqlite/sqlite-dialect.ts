/** Kysely on `node:sqlite`: a lent connection is the borrower's alone, so that transactions never mix. */
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely';
import type { ArrayConnection } from '../select-arrays.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { SqliteConnection, SqliteValues } from './sqlite-connection.ts';

export interface SqliteDialectConfiguration {
  open(): Promise<SqliteConnection>;
  /** One for writing: SQLite has one writer at a time, and waiting for it in a thread would stop what it waits for. */
  readonly maxConnections: number;
  readonly begin: 'begin' | 'begin immediate';
}

export class SqliteDialect implements Dialect {
  readonly #configuration: SqliteDialectConfiguration;

  constructor(configuration: SqliteDialectConfiguration) {
    this.#configuration = configuration;
  }

  createDriver(): Driver {
    return new SqliteDriver(this.#configuration);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter();
  }

  // biome-ignore lint/suspicious/noExplicitAny: the signature is Kysely's.
  createIntrospector(db: Kysely<any>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** SQLite's definitions of tables are part of the transaction: a migration that breaks off has never been. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #pool: ConnectionPool<SqliteDatabaseConnection>;
  readonly #begin: string;

  constructor({ open, maxConnections, begin }: SqliteDialectConfiguration) {
    this.#begin = begin;
    this.#pool = new ConnectionPool(async () => new SqliteDatabaseConnection(await open()), maxConnections);
  }

  async init(): Promise<void> {}

  acquireConnection(): Promise<DatabaseConnection> {
    return this.#pool.acquire();
  }

  async beginTransaction(connection: DatabaseConnection, _settings: TransactionSettings): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(this.#begin));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as SqliteDatabaseConnection).rollback();
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#pool.release(connection as SqliteDatabaseConnection);
  }

  destroy(): Promise<void> {
    return this.#pool.close();
  }
}

class SqliteDatabaseConnection implements DatabaseConnection, ArrayConnection {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = await this.#connection.execute(sql, parameters);
    return { rows: rows as unknown as R[], numAffectedRows: BigInt(changes) };
  }

  executeArrays({ sql, parameters }: CompiledQuery): Promise<readonly SqliteValues[]> {
    return this.#connection.executeArrays(sql, parameters);
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    for await (const rows of this.#connection.stream(sql, parameters, chunkSize)) {
      yield { rows: rows as unknown as R[] };
    }
  }

  /** SQLite rolls back by itself on a full disk and the like: then there is nothing left to roll back. */
  async rollback(): Promise<void> {
    try {
      await this.#connection.execute('rollback', []);
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('no transaction is active'))) throw error;
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
