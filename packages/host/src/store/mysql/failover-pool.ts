import type { MysqlPool, MysqlPoolConnection } from 'kysely';

type GetConnection = Parameters<MysqlPool['getConnection']>[0];

/**
 * One pool over several addresses of one cluster: it stays with the address that works, and moves on to the next one
 * when it no longer gives connections.
 */
export function failoverPool(pools: readonly MysqlPool[]): MysqlPool {
  let current = 0;

  const tryFrom = (first: number, left: number, callback: GetConnection): void => {
    (pools[first % pools.length] as MysqlPool).getConnection((error: unknown, connection: MysqlPoolConnection) => {
      if (error === null || error === undefined) {
        current = first % pools.length;
        callback(null, connection);
      } else if (left > 1) tryFrom(first + 1, left - 1, callback);
      else callback(error, connection);
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
