import { DynamoError } from './dynamo-error.ts';

/** States what must be true whatever the input. A failure is a bug of ours; input is refused with `inputError`. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message);
}

/** A bug in Dynamo itself: please report it. */
export class AssertionFailed extends DynamoError<'internal'> {
  constructor(message: string) {
    super('internal', `assertion failed: ${message}`);
    this.name = 'AssertionFailed';
  }
}
