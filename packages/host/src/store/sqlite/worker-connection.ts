import { Worker } from 'node:worker_threads';
import { DynamoError } from '@dynamo/core';
import type { SqliteConnection, SqliteFile, SqliteResult, SqliteValues } from './sqlite-connection.ts';
import type { WorkerAnswer, WorkerFault, WorkerRequest, WorkerRequestBody } from './worker-protocol.ts';

/** In a thread of its own: the event loop goes on while a statement runs. */
export async function openInWorker(file: SqliteFile): Promise<SqliteConnection> {
  const port = new WorkerPort();
  let streams = 0;
  try {
    await port.ask({ kind: 'open', file });
  } catch (error) {
    await port.terminate();
    throw error;
  }
  return {
    execute: async (sql, parameters) => (await port.ask({ kind: 'execute', sql, parameters })) as SqliteResult,
    executeArrays: async (sql, parameters) =>
      (await port.ask({ kind: 'execute-arrays', sql, parameters })) as readonly SqliteValues[],
    async *stream(sql, parameters, pageRows) {
      const stream = ++streams;
      await port.ask({ kind: 'start-stream', stream, sql, parameters, pageRows });
      try {
        for (;;) {
          const page = (await port.ask({ kind: 'next-page', stream })) as SqliteResult['rows'] | null;
          if (page === null) return;
          yield page;
        }
      } finally {
        await port.ask({ kind: 'end-stream', stream });
      }
    },
    async close() {
      await port.ask({ kind: 'close' });
      await port.terminate();
    },
  };
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

class WorkerPort {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #dead: DynamoError | undefined;

  constructor() {
    // The same extension as this file: `.ts` from source, `.js` when built.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker = new Worker(new URL(`./sqlite-worker.${extension}`, import.meta.url));
    // A connection that nobody waits for does not keep the process alive.
    this.#worker.unref();
    this.#worker.on('message', (answer: WorkerAnswer) => this.#settle(answer));
    this.#worker.on('error', (cause) => this.#die(cause));
    this.#worker.on('exit', () => this.#die(undefined));
  }

  ask(body: WorkerRequestBody): Promise<unknown> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    const id = ++this.#lastId;
    if (this.#waiting.size === 0) this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, body } satisfies WorkerRequest);
    });
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: WorkerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (answer.ok) waiting?.resolve(answer.value);
    else waiting?.reject(revive(answer.error));
  }

  #die(cause: unknown): void {
    this.#dead ??= new DynamoError('unavailable', 'the thread of the database connection has ended', { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }
}

function revive({ message, code, errcode }: WorkerFault): Error {
  return Object.assign(new Error(message), { code, errcode });
}
