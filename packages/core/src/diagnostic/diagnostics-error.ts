import { DynamoError } from '../errors/dynamo-error.ts';
import type { Diagnostic } from './diagnostic.ts';
import { formatDiagnostic } from './format-diagnostic.ts';

/** For callers that must throw: one error whose message shows every fault, and whose data holds them. */
export function diagnosticsError(diagnostics: readonly Diagnostic[], sourceText: string): DynamoError<'invalid-input'> {
  const message = diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, sourceText)).join('\n');
  return new DynamoError('invalid-input', message, { data: { diagnostics } });
}
