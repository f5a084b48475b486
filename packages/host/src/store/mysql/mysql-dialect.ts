import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  MysqlDialect,
  type MysqlDialectConfig,
  MysqlDriver,
} from 'kysely';
import type { ArrayConnection } from '../select-arrays.ts';
import { mysqlDifferences } from './mysql-differences.ts';

/** Kysely's own, but for rows as lists, and for what it does when a connection breaks within a transaction. */
export class ForgivingMysqlDialect extends MysqlDialect {
  readonly #config: MysqlDialectConfig;

  constructor(config: MysqlDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new ForgivingMysqlDriver(this.#config);
  }
}

class ForgivingMysqlDriver extends MysqlDriver {
  override async acquireConnection(): Promise<DatabaseConnection & ArrayConnection> {
    const connection = await super.acquireConnection();
    return Object.assign(connection, { executeArrays: (query: CompiledQuery) => executeArrays(connection, query) });
  }

  /** With the connection, the server drops the transaction: nothing is left to roll back, and what broke it matters more. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      if (mysqlDifferences.faultOf(error) !== 'disconnected') throw error;
    }
  }
}

/** Kysely hands `sql` to mysql2 untouched, which takes a query with its options in that place. */
async function executeArrays(
  connection: DatabaseConnection,
  query: CompiledQuery,
): Promise<readonly (readonly unknown[])[]> {
  const sql = { sql: query.sql, rowsAsArray: true } as unknown as string;
  return (await connection.executeQuery<readonly unknown[]>({ ...query, sql })).rows;
}
