import type { Span } from '@dynamo/core';

/** Something in a policy that runs, but that its author can hardly have meant. */
export interface PolicyFinding {
  readonly span: Span;
  readonly message: string;
  readonly hint?: string | undefined;
}
