import type { ErrorCode } from './error-code.ts';

/** Registered globally, so that errors of two installed copies of this package know each other. */
const brand: unique symbol = Symbol.for('@dynamo/core/error');

/** What the error is about, for programs: names, places, figures. JSON values only. */
export type ErrorData = Readonly<Record<string, unknown>>;

export interface DynamoErrorOptions {
  readonly data?: ErrorData;
  readonly cause?: unknown;
}

/** The one error class of Dynamo. Tell errors apart by `code` with {@link isDynamoError}, never by `instanceof`. */
export class DynamoError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly data: ErrorData;

  /** `message` says what was wrong, where, and what to do. */
  constructor(code: Code, message: string, { data = {}, cause }: DynamoErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DynamoError';
    this.code = code;
    this.data = data;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** True for an error of this family (of any copy of this package), and of the given code if one is given. */
export function isDynamoError<Code extends ErrorCode>(error: unknown, code?: Code): error is DynamoError<Code> {
  return error instanceof Error && brand in error && (code === undefined || ('code' in error && error.code === code));
}
