/** A connection that is given up when its server falls silent, and not used again where that would be wrong. */
import type { MysqlPoolConnection } from 'kysely';

/** What the server of a connection is told of. */
export interface ConnectionWatch {
  /** Without a byte from the server, or taken by it, for so long a statement is given up; null: never. */
  readonly silenceMs: number | null;
  /** The server answers that others do the work, or nothing at all. */
  readonly onOutOfService: () => void;
}

/** The code of the error that a statement ends with which was given up. */
export const SILENT_CODE = 'DYNAMO_NO_ANSWER';

/** Of a node without the majority of its cluster, or that is shutting down: it answers, but others do the work. */
const OUT_OF_SERVICE: readonly unknown[] = [1047, 1053];

/** A lock that was waited for in vain. Waiting takes ten seconds (prepare-connection.ts). */
const LOCK_WAIT_TIMEOUT = 1205;
/** Within this no lock was waited for. */
const AT_ONCE_MS = 1000;

type Callback = (error: unknown, result: unknown) => void;

/**
 * The same connection, which tells of a server that is out of service. It is not used again then, nor where a
 * transaction could not be rolled back: the next `begin` would commit what there is of it. A stream has no limit: its
 * first row may come after a long search, and it is no part of a transaction.
 */
export function watchConnection(
  connection: MysqlPoolConnection,
  { silenceMs, onOutOfService }: ConnectionWatch,
): MysqlPoolConnection {
  return {
    config: connection.config,
    threadId: connection.threadId,
    connect: (callback) => connection.connect(callback),
    destroy: () => connection.destroy(),
    release: () => connection.release(),
    query(statement, parameters, callback) {
      if (callback === undefined) return connection.query(statement, parameters);
      let stopWaiting: () => void = () => undefined;
      let isOver = false;
      const askedMs = performance.now();
      const end: Callback = (fault, result) => {
        if (isOver) return;
        isOver = true;
        stopWaiting();
        const error = performance.now() - askedMs < AT_ONCE_MS ? namingOutsiders(fault) : fault;
        const isOut = isSilent(error) || OUT_OF_SERVICE.includes((error as { readonly errno?: unknown } | null)?.errno);
        if (isOut) onOutOfService();
        if (isOut || (error && statement === 'rollback')) connection.destroy();
        callback(error, result as never);
      };
      const asked = connection.query(statement, parameters, end);
      if (silenceMs !== null && !isOver) {
        stopWaiting = afterSilence(connection, silenceMs, () => {
          end(noAnswer(silenceMs), undefined);
          // What the server may still send is for nobody, and it may never close its side.
          socketOf(connection)?.destroy();
        });
      }
      return asked;
    },
  };
}

/**
 * Galera says with the code of a lock that a node cannot wait for what the others have committed (`wsrep_sync_wait`): it has
 * lost them, and has not noticed that it is to refuse everything.
 */
function namingOutsiders(fault: unknown): unknown {
  if ((fault as { readonly errno?: unknown } | null)?.errno !== LOCK_WAIT_TIMEOUT) return fault;
  const [errno] = OUT_OF_SERVICE;
  return Object.assign(new Error('the node has lost its cluster', { cause: fault }), { errno });
}

interface Socket {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  destroy(): void;
}

/** Kysely does not speak of it, mysql2 has it. */
function socketOf(connection: MysqlPoolConnection): Socket | undefined {
  return (connection as unknown as { readonly stream?: Socket }).stream;
}

/** Calls `giveUp` when no byte has moved for `silenceMs`, give or take as much again; the result calls it off. */
function afterSilence(connection: MysqlPoolConnection, silenceMs: number, giveUp: () => void): () => void {
  const moved = (): number => {
    const socket = socketOf(connection);
    return socket === undefined ? 0 : socket.bytesRead + socket.bytesWritten;
  };
  let seen = moved();
  const timer = setInterval(() => {
    const now = moved();
    if (now === seen) {
      clearInterval(timer);
      giveUp();
    }
    seen = now;
  }, silenceMs);
  return () => clearInterval(timer);
}

function noAnswer(silenceMs: number): Error {
  return Object.assign(new Error(`the server has not answered for ${silenceMs / 1000} s`), { code: SILENT_CODE });
}

function isSilent(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === SILENT_CODE;
}
