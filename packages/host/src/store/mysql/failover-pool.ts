import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import { prepareConnection } from './prepare-connection.ts';

type GetConnection = Parameters<MysqlPool['getConnection']>[0];

/** Of a node without the majority of its cluster, or that is shutting down: it answers, but others do the work. */
const OUT_OF_SERVICE: readonly unknown[] = [1047, 1053];

/**
 * One pool over several addresses of one cluster: it stays with the address that works, and moves on to the next one
 * when it no longer gives connections that can be worked with.
 */
export function failoverPool(pools: readonly MysqlPool[]): MysqlPool {
  let current = 0;
  const lent = new WeakMap<MysqlPoolConnection, MysqlPoolConnection>();

  const leave = (address: number): void => {
    if (current === address) current = (address + 1) % pools.length;
  };
  /** The same object each time: Kysely knows connections by it. */
  const lend = async (address: number, connection: MysqlPoolConnection): Promise<MysqlPoolConnection> => {
    const known = lent.get(connection);
    if (known !== undefined) return known;
    try {
      await prepareConnection(connection);
    } catch (error) {
      connection.destroy();
      throw error;
    }
    const watched = watch(connection, () => leave(address));
    lent.set(connection, watched);
    return watched;
  };

  const tryFrom = (first: number, left: number, callback: GetConnection): void => {
    const address = first % pools.length;
    const goOn = (error: unknown, connection: MysqlPoolConnection): void => {
      if (left > 1) tryFrom(first + 1, left - 1, callback);
      else callback(error, connection);
    };
    (pools[address] as MysqlPool).getConnection((error: unknown, connection: MysqlPoolConnection) => {
      if (error !== null && error !== undefined) return goOn(error, connection);
      lend(address, connection).then(
        (ready) => {
          current = address;
          callback(null, ready);
        },
        (fault: unknown) => goOn(fault, connection),
      );
    });
  };

  return {
    getConnection: (callback) => tryFrom(current, pools.length, callback),
    end(callback) {
      let open = pools.length;
      let failure: unknown = null;
      for (const pool of pools) {
        pool.end((error: unknown) => {
          failure ??= error;
          open -= 1;
          if (open === 0) callback(failure ?? undefined);
        });
      }
    },
  };
}

/**
 * The same connection, which tells of a server that is out of service. It is not used again then, nor where a
 * transaction could not be rolled back: the next `begin` would commit what there is of it.
 */
function watch(connection: MysqlPoolConnection, onOutOfService: () => void): MysqlPoolConnection {
  return {
    config: connection.config,
    threadId: connection.threadId,
    connect: (callback) => connection.connect(callback),
    destroy: () => connection.destroy(),
    release: () => connection.release(),
    query(statement, parameters, callback) {
      // Without a callback it is a stream, which is no part of a transaction.
      if (callback === undefined) return connection.query(statement, parameters);
      return connection.query(statement, parameters, (error, result) => {
        const isOut = OUT_OF_SERVICE.includes((error as { readonly errno?: unknown } | null)?.errno);
        if (isOut) onOutOfService();
        if (isOut || (error && statement === 'rollback')) connection.destroy();
        callback(error, result);
      });
    },
  };
}
