import type { MysqlPoolConnection } from 'kysely';

/** Values that do not fit are refused, never cut; a writer that waits for a lock does not wait for ever. */
const SESSION = [
  "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
  'innodb_lock_wait_timeout = 10',
].join(', ');

/**
 * On a cluster, statements outside transactions and the first one of each wait until this node has all that others have
 * committed: a server that comes from a node which died would not find its own last commit, and make it twice.
 */
const SEE_ALL_COMMITS = 'wsrep_sync_wait = 7';

/** Of a connection that was just made. Rejects where it cannot be worked with, as on a node that is outside its cluster. */
export async function prepareConnection(connection: MysqlPoolConnection): Promise<void> {
  await ask(connection, `set session ${SESSION}`);
  const [cluster] = await ask(connection, "show variables like 'wsrep_on'");
  if (cluster?.Value !== 'ON') return;
  await ask(connection, `set session ${SEE_ALL_COMMITS}`);
  // The ones before are answered by a node that refuses all others.
  await ask(connection, 'select 1');
}

type Rows = readonly Readonly<Record<string, unknown>>[];

function ask(connection: MysqlPoolConnection, statement: string): Promise<Rows> {
  return new Promise((resolve, reject) => {
    connection.query(statement, [], (error, result) => {
      if (error === null || error === undefined) resolve(Array.isArray(result) ? result : []);
      else reject(error);
    });
  });
}
