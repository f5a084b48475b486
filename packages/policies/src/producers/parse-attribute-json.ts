import { inputError } from '@dynamo/core';
import type { WrittenAttributes, WrittenValue } from './written-attributes.ts';

/** `{"dataset.usage_rank": {"/A/B-v1/AOD": 12.5}, "replica.enforcer_protected": {"/A/B-v1/AOD": ["T2_US_MIT"]}}` */
export function parseAttributeJson(text: string, file: string): WrittenAttributes {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw inputError({ what: `it is not JSON: ${(cause as Error).message}`, where: { file } }, cause);
  }
  return writtenAttributes(document, file);
}

/** The same of a document that came as a value. */
export function writtenAttributes(document: unknown, file: string): WrittenAttributes {
  const attributes = new Map<string, WrittenValue[]>();
  for (const [variable, values] of entriesOf(document, { file, path: '$' })) {
    const path = `$[${JSON.stringify(variable)}]`;
    attributes.set(
      variable,
      entriesOf(values, { file, path }).map(([dataset, value]) => ({
        dataset,
        value,
        at: `${path}[${JSON.stringify(dataset)}]`,
      })),
    );
  }
  return attributes;
}

function entriesOf(value: unknown, where: { readonly file: string; readonly path: string }): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw inputError({ what: 'an object belongs here', where, hint: 'write {"variable": {"dataset": value}}' });
}
