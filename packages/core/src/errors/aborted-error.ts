import { DynamoError, isDynamoError } from './dynamo-error.ts';

/**
 * What a waiting call rejects with once its signal has been aborted. A reason that is one of our errors (a deadline,
 * a closing scheduler) says more than 'aborted' and goes through as it is.
 */
export function abortedError(what: string, signal: AbortSignal): DynamoError {
  const reason: unknown = signal.reason;
  return isDynamoError(reason) ? reason : new DynamoError('aborted', `${what} was aborted`, { cause: reason });
}

/** Call it before work that must not begin for an aborted caller. */
export function throwIfAborted(what: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(what, signal);
}
