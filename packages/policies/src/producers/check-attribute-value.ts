import { type AttributeValue, inputError, parseTime, resolveTime, type VariableDefinition } from '@dynamo/core';
import type { WrittenValue } from './written-attributes.ts';

/** The value of a variable, from JSON or from the text of a table. Throws `invalid-input` with its place. */
export function checkAttributeValue(
  { value, at }: WrittenValue,
  variable: VariableDefinition,
  { file, now }: { readonly file: string; readonly now: number },
): AttributeValue {
  const read = readAttributeValue(value, variable, now);
  if (read !== undefined) return read;
  throw inputError({
    what: `${JSON.stringify(value)} is not a value of ${variable.name}`,
    where: { file, path: at },
    hint: EXPECTED_VALUE[variable.type.kind],
  });
}

/** Undefined: it means nothing for a variable of that type. `now` is what relative times count from. */
function readAttributeValue(
  value: unknown,
  { type, level }: VariableDefinition,
  now: number,
): AttributeValue | undefined {
  const isText = typeof value === 'string';
  switch (type.kind) {
    case 'number':
      return finite(isText ? toNumber(value) : value);
    case 'time':
      return finite(isText ? toTime(value, now) : value);
    case 'boolean': {
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      const sites = isText ? value.split(';').map((site) => site.trim()) : value;
      return level !== 'dataset' && isListOfTexts(sites) ? sites : undefined;
    }
    case 'text':
      return isText ? value : undefined;
    case 'enum':
      return isText && type.values.includes(value.toUpperCase()) ? value.toUpperCase() : undefined;
    default:
      return type satisfies never;
  }
}

export const EXPECTED_VALUE: Readonly<Record<VariableDefinition['type']['kind'], string>> = {
  number: 'it is a number',
  time: 'it is a time: seconds since 1970, or a date such as 2026-01-31',
  boolean: 'it is true or false, or for a variable of replicas a list of sites',
  text: 'it is a text',
  enum: 'it is one of the words of the variable',
};

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
}

function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function toTime(text: string, now: number): number {
  const reading = parseTime(text);
  if (!reading.ok) return Number.NaN;
  const resolved = resolveTime(reading.value, now);
  return resolved.ok ? resolved.value : Number.NaN;
}
