import { formatDiagnosticHeading, readCondition, type VariableCatalogue } from '@dynamo/core';
import type { DocumentFields } from './document-fields.ts';

/** Texts of conditions that hold up in that catalogue. Times relative to a clock are fixed by each run. */
export function conditions(
  fields: DocumentFields,
  key: string,
  catalogue: VariableCatalogue,
  fallback?: readonly string[],
): readonly string[] {
  const texts = fallback === undefined ? fields.requiredTexts(key) : fields.texts(key, fallback);
  for (const [i, text] of texts.entries()) {
    const outcome = readCondition(text, catalogue, { nowSeconds: 0 });
    if (outcome.ok) continue;
    for (const fault of outcome.diagnostics) {
      fields.fault(`${key}[${i}]`, formatDiagnosticHeading({ ...fault, file: undefined }));
    }
  }
  return texts;
}
