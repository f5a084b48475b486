import { type SqliteConnection, type SqliteFile, SqliteSession } from './sqlite-connection.ts';

/** In this thread: quickest to start and to ask, but the event loop stands still while a statement runs. */
export async function openInProcess(file: SqliteFile): Promise<SqliteConnection> {
  const session = new SqliteSession(file);
  return {
    execute: async (sql, parameters) => session.execute(sql, parameters),
    executeArrays: async (sql, parameters) => session.executeArrays(sql, parameters),
    async *stream(sql, parameters, pageRows) {
      yield* session.stream(sql, parameters, pageRows);
    },
    close: async () => session.close(),
  };
}
