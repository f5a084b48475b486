/** What goes between a store and the worker thread that owns one of its connections. */
import type { SqliteFile, SqliteResult, SqliteValues } from './sqlite-connection.ts';

export interface WorkerRequest {
  readonly id: number;
  readonly body: WorkerRequestBody;
}

export type WorkerRequestBody =
  | { readonly kind: 'open'; readonly file: SqliteFile }
  | { readonly kind: 'execute' | 'execute-arrays'; readonly sql: string; readonly parameters: readonly unknown[] }
  | {
      readonly kind: 'start-stream';
      readonly stream: number;
      readonly sql: string;
      readonly parameters: readonly unknown[];
      readonly pageRows: number;
    }
  | { readonly kind: 'next-page'; readonly stream: number }
  | { readonly kind: 'end-stream'; readonly stream: number }
  | { readonly kind: 'close' };

export type WorkerAnswer =
  | { readonly id: number; readonly ok: true; readonly value: WorkerValue }
  | { readonly id: number; readonly ok: false; readonly error: WorkerFault };

/** By kind of request: a result, rows as lists, a page of rows or null after the last, null. */
export type WorkerValue = SqliteResult | readonly SqliteValues[] | SqliteResult['rows'] | null;

/** An error loses its own properties on the way between threads. */
export interface WorkerFault {
  readonly message: string;
  readonly code: string | undefined;
  readonly errcode: number | undefined;
}
