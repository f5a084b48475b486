import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import { prepareConnection } from './prepare-connection.ts';
import { watchConnection } from './watched-connection.ts';

type GetConnection = Parameters<MysqlPool['getConnection']>[0];

/** The connections of one store, lent with different patience. */
export interface FailoverPool {
  /** A statement to which the server says nothing for so long is given up, and its connection with it; null: never. */
  within(silenceMs: number | null): MysqlPool;
  /** All of them; those of `within` end nothing. */
  end(): Promise<void>;
}

/**
 * One pool over several addresses of one cluster: it stays with the address that works, and moves on to the next one
 * when it no longer gives connections that can be worked with. `silenceMs` is for preparing them.
 */
export function failoverPool(pools: readonly MysqlPool[], silenceMs: number): FailoverPool {
  let current = 0;
  /** How often each address has been left. A connection of before may be as dead as the one that told of it. */
  const ages = pools.map(() => 0);
  const prepared = new WeakMap<MysqlPoolConnection, number>();

  const leave = (address: number): void => {
    ages[address] = (ages[address] as number) + 1;
    if (current === address) current = (address + 1) % pools.length;
  };
  const prepare = async (address: number, connection: MysqlPoolConnection): Promise<void> => {
    if (prepared.has(connection)) return;
    const age = ages[address] as number;
    try {
      await prepareConnection(watchConnection(connection, { silenceMs, onOutOfService: () => leave(address) }));
    } catch (error) {
      connection.destroy();
      throw error;
    }
    prepared.set(connection, age);
  };
  const tryFrom = (first: number, left: number, lend: Lend, callback: GetConnection): void => {
    const address = first % pools.length;
    const goOn = (error: unknown, connection: MysqlPoolConnection): void => {
      if (left > 1) tryFrom(first + 1, left - 1, lend, callback);
      else callback(error, connection);
    };
    (pools[address] as MysqlPool).getConnection((error: unknown, connection: MysqlPoolConnection) => {
      if (error !== null && error !== undefined) return goOn(error, connection);
      const age = prepared.get(connection);
      if (age !== undefined && age !== ages[address]) {
        connection.destroy();
        return tryFrom(first, left, lend, callback);
      }
      prepare(address, connection).then(
        () => {
          if (left < pools.length) current = address;
          callback(
            null,
            lend(connection, () => leave(address)),
          );
        },
        (fault: unknown) => goOn(fault, connection),
      );
    });
  };

  return {
    within(limitMs) {
      // The same object each time: Kysely knows connections by it.
      const lent = new WeakMap<MysqlPoolConnection, MysqlPoolConnection>();
      const lend: Lend = (connection, onOutOfService) => {
        const known = lent.get(connection) ?? watchConnection(connection, { silenceMs: limitMs, onOutOfService });
        lent.set(connection, known);
        return known;
      };
      const end: MysqlPool['end'] = (callback) => callback(undefined);
      return { getConnection: (callback) => tryFrom(current, pools.length, lend, callback), end };
    },
    async end() {
      const ended = Promise.all(pools.map((pool) => new Promise<void>((resolve) => pool.end(() => resolve()))));
      // A server that hangs takes no leave.
      const giveUp = Promise.withResolvers<void>();
      const timer = setTimeout(giveUp.resolve, silenceMs);
      await Promise.race([ended, giveUp.promise]);
      clearTimeout(timer);
    },
  };
}

type Lend = (connection: MysqlPoolConnection, onOutOfService: () => void) => MysqlPoolConnection;
