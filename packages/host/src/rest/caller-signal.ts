import { DynamoError } from '@dynamo/core';
import type { FastifyReply } from 'fastify';

/** Aborted when the caller goes away, or is cut off because the server stops, before the answer has been sent. */
export function callerSignal(reply: FastifyReply): AbortSignal {
  const abort = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort(new DynamoError('aborted', 'the caller has gone'));
  });
  return abort.signal;
}
