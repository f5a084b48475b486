/** What goes wrong between HTTP and the services, and how every error is answered. */
import { DynamoError, type ErrorCode, type ErrorData, isDynamoError } from '@dynamo/core';

/** Where in the request the fault is: a place in its body or in a text in it, a parameter, or a header. */
export interface FaultPlace {
  readonly path?: string;
  readonly query?: string;
  readonly header?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ErrorAnswer {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly where: FaultPlace | null;
  };
}

/** An error that says its HTTP status itself. */
export class RestError extends DynamoError {
  readonly status: number;

  constructor(status: number, code: ErrorCode, message: string, where: FaultPlace | null = null) {
    super(code, message, { data: { where } });
    this.name = 'RestError';
    this.status = status;
  }
}

export interface AnsweredError {
  readonly status: number;
  readonly answer: ErrorAnswer;
  /** Seconds after which asking again may help. */
  readonly retryAfter: number | null;
  /** Ours to look at: it goes into the log with its stack. */
  readonly isOurs: boolean;
}

export function answerError(error: unknown): AnsweredError {
  if (isDynamoError(error)) {
    const status = error instanceof RestError ? error.status : STATUS[error.code];
    return answered(status, error.code, error.message, placeOf(error.data));
  }
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  // fastify's own refusals: a body that is no JSON or too long, a type of content that is not taken.
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return answered(statusCode, 'invalid-input', String(message), null);
  }
  return answered(500, 'internal', 'something failed in the server: its log says what', null);
}

const STATUS: Readonly<Record<ErrorCode, number>> = {
  'invalid-input': 400,
  'not-found': 404,
  conflict: 409,
  refused: 422,
  closed: 503,
  aborted: 503,
  deadline: 503,
  'queue-full': 503,
  'too-old': 410,
  corrupt: 500,
  unavailable: 503,
  'lost-lease': 503,
  internal: 500,
};

const RETRY_SECONDS = 1;

function answered(status: number, code: ErrorCode, message: string, where: FaultPlace | null): AnsweredError {
  return {
    status,
    answer: { error: { code, message, where } },
    retryAfter: status === 503 ? RETRY_SECONDS : null,
    isOurs: status === 500,
  };
}

/** Where the error itself says it is, or the first of several faults is. */
function placeOf({ where, diagnostics }: ErrorData): FaultPlace | null {
  const place: unknown = where ?? (Array.isArray(diagnostics) ? diagnostics[0] : undefined);
  if (typeof place !== 'object' || place === null) return null;
  const named = Object.entries(place).filter(([key, value]) => PLACE_KEYS.includes(key) && value !== undefined);
  return named.length === 0 ? null : (Object.fromEntries(named) as FaultPlace);
}

const PLACE_KEYS: readonly string[] = ['path', 'query', 'header', 'file', 'line', 'column'];
