import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { DynamoError } from '@dynamo/core';
import type { FastifyReply } from 'fastify';

/** Takes records; resolves when there is room for more. */
export type WriteLines = (records: readonly unknown[]) => Promise<void>;

/**
 * Answers with NDJSON as it is produced, never more than a batch ahead of the reader. An error before the first line is
 * answered like any other; after it, the answer is cut off: it lacks its last chunk, and clients report that. A reader
 * that takes nothing for `stallMs`, or goes away, aborts the producer's signal. Resolves when the answer has ended.
 */
export async function sendLines(
  reply: FastifyReply,
  stallMs: number,
  produce: (write: WriteLines, signal: AbortSignal) => Promise<void>,
): Promise<FastifyReply> {
  const lines = new PassThrough({ highWaterMark: 1 << 16 });
  const abort = new AbortController();
  lines.once('close', () => abort.abort(new DynamoError('aborted', 'the reader has gone')));
  // The pipe to the socket reports its own failures; what matters here is that the stream is closed then.
  lines.on('error', () => undefined);
  let begun = false;
  const write: WriteLines = async (records) => {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    if (!begun) {
      begun = true;
      void reply.type('application/x-ndjson; charset=utf-8').send(lines);
    }
    if (text !== '' && !lines.write(text)) await drained(lines, abort, stallMs);
  };
  try {
    await produce(write, abort.signal);
    lines.end();
  } catch (error) {
    if (!begun) throw error;
    reply.log.warn({ err: error, url: reply.request.url }, 'an answer was cut off');
    lines.destroy(error as Error);
  }
  return reply;
}

async function drained(lines: PassThrough, abort: AbortController, stallMs: number): Promise<void> {
  const timer = setTimeout(() => {
    abort.abort(new DynamoError('deadline', `the reader took nothing for ${stallMs} ms`));
  }, stallMs);
  try {
    await once(lines, 'drain', { signal: abort.signal });
  } finally {
    clearTimeout(timer);
  }
}
