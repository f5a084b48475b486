import type { CompiledQuery, DatabaseConnection, Kysely } from 'kysely';
import type { Database } from './database.ts';

/** A connection that can give rows as lists of values, in the order of the columns. */
export interface ArrayConnection {
  executeArrays(query: CompiledQuery): Promise<readonly (readonly unknown[])[]>;
}

/**
 * The rows of a query as lists of values, in the order in which the query names its columns: for the queries that give
 * millions of rows, where an object for each costs more than the database does.
 */
export async function selectArrays<Row extends readonly unknown[]>(
  db: Kysely<Database>,
  query: { compile(): CompiledQuery<object> },
): Promise<readonly Row[]> {
  const compiled = query.compile();
  const rows = await db.getExecutor().provideConnection(async (connection) => {
    if (givesArrays(connection)) return connection.executeArrays(compiled);
    return (await connection.executeQuery<object>(compiled)).rows.map((row) => Object.values(row));
  });
  return rows as readonly Row[];
}

function givesArrays(connection: DatabaseConnection): connection is DatabaseConnection & ArrayConnection {
  return 'executeArrays' in connection;
}
