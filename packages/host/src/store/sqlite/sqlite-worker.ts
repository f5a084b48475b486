/** Runs in a worker thread, which owns one connection: requests are carried out one after the other, as they come. */
import { parentPort } from 'node:worker_threads';
import { type SqliteResult, SqliteSession } from './sqlite-connection.ts';
import type { WorkerAnswer, WorkerFault, WorkerRequest, WorkerRequestBody, WorkerValue } from './worker-protocol.ts';

if (parentPort !== null) serve(parentPort);

function serve(port: NonNullable<typeof parentPort>): void {
  let session: SqliteSession | undefined;
  const streams = new Map<number, Generator<SqliteResult['rows']>>();

  const handle = (request: WorkerRequestBody): WorkerValue => {
    if (request.kind === 'open') {
      session = new SqliteSession(request.file);
      return null;
    }
    if (session === undefined) throw new Error('the connection is not open');
    switch (request.kind) {
      case 'execute':
        return session.execute(request.sql, request.parameters);
      case 'execute-arrays':
        return session.executeArrays(request.sql, request.parameters);
      case 'start-stream':
        streams.set(request.stream, session.stream(request.sql, request.parameters, request.pageRows));
        return null;
      case 'next-page': {
        const { done, value } = streams.get(request.stream)?.next() ?? { done: true, value: undefined };
        return done === true ? null : value;
      }
      case 'end-stream':
        streams.get(request.stream)?.return(undefined);
        streams.delete(request.stream);
        return null;
      case 'close':
        session.close();
        return null;
      default:
        return request satisfies never;
    }
  };

  port.on('message', ({ id, body }: WorkerRequest) => {
    let answer: WorkerAnswer;
    try {
      answer = { id, ok: true, value: handle(body) };
    } catch (error) {
      answer = { id, ok: false, error: faultOf(error) };
    }
    port.postMessage(answer);
    if (body.kind === 'close') port.close();
  });
}

function faultOf(error: unknown): WorkerFault {
  const { message, code, errcode } = error as Error & { readonly code?: string; readonly errcode?: number };
  return { message, code, errcode };
}
