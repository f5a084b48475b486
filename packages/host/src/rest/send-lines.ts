import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { DynamoError } from '@dynamo/core';
import type { FastifyReply } from 'fastify';
import type { StreamPlaces } from './stream-places.ts';

/** Takes records; resolves when there is room for more. */
export type WriteLines = (records: readonly unknown[]) => Promise<void>;

export interface SendLinesOptions {
  readonly streams: StreamPlaces;
  /** How long a reader may leave a stream unread before it is cut off. */
  readonly stallMs: number;
}

/** An answer up to this is sent as a whole. */
const WHOLE_BYTES = 1 << 16;

/**
 * Answers with NDJSON as it is produced, never more than a batch ahead of the reader. An error before anything was sent
 * is answered like any other; after that, the answer is cut off: it lacks its last chunk, and clients report that. A
 * reader that takes nothing for `stallMs`, or goes away, aborts the producer's signal.
 */
export async function sendLines(
  reply: FastifyReply,
  { streams, stallMs }: SendLinesOptions,
  produce: (write: WriteLines, signal: AbortSignal) => Promise<void>,
): Promise<FastifyReply> {
  const abort = new AbortController();
  let [text, stream] = ['', undefined as PassThrough | undefined];
  using places = new DisposableStack();
  const write: WriteLines = async (records) => {
    for (const record of records) text += `${JSON.stringify(record)}\n`;
    if (text.length < WHOLE_BYTES) return;
    if (stream === undefined) {
      places.use(streams.take());
      stream = beginStream(reply, abort);
    }
    const isFull = !stream.write(text);
    text = '';
    if (isFull) await drained(stream, abort, stallMs);
  };
  reply.type('application/x-ndjson; charset=utf-8');
  try {
    await produce(write, abort.signal);
    if (stream === undefined) return await reply.send(text);
    stream.end(text);
  } catch (error) {
    if (stream === undefined) throw error;
    reply.log.warn({ err: error, url: reply.request.url }, 'an answer was cut off');
    stream.destroy(error as Error);
  }
  return reply;
}

function beginStream(reply: FastifyReply, abort: AbortController): PassThrough {
  const stream = new PassThrough({ highWaterMark: WHOLE_BYTES });
  stream.once('close', () => {
    if (!stream.writableFinished) abort.abort(new DynamoError('aborted', 'the reader has gone'));
  });
  // The pipe to the socket reports its own failures; what matters here is that the stream is closed then.
  stream.on('error', () => undefined);
  void reply.send(stream);
  return stream;
}

async function drained(stream: PassThrough, abort: AbortController, stallMs: number): Promise<void> {
  const timer = setTimeout(() => {
    abort.abort(new DynamoError('deadline', `the reader took nothing for ${stallMs} ms`));
  }, stallMs);
  try {
    await once(stream, 'drain', { signal: abort.signal });
  } finally {
    clearTimeout(timer);
  }
}
