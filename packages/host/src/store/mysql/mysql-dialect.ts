import { type DatabaseConnection, type Driver, MysqlDialect, type MysqlDialectConfig, MysqlDriver } from 'kysely';
import { mysqlDifferences } from './mysql-differences.ts';

/** Kysely's own, but for what it does when a connection breaks within a transaction. */
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
  /** With the connection, the server drops the transaction: nothing is left to roll back, and what broke it matters more. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      if (mysqlDifferences.faultOf(error) !== 'disconnected') throw error;
    }
  }
}
