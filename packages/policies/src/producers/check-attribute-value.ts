import { type AttributeValue, inputError, parseTime, resolveTime, type VariableDefinition } from '@dynamo/core';
import type { WrittenValue } from './written-attributes.ts';

/** The value of a variable, from JSON or from the text of a table. Throws `invalid-input` with its place. */
export function checkAttributeValue(
  { value, at }: WrittenValue,
  variable: VariableDefinition,
  { file, now }: { readonly file: string; readonly now: number },
): AttributeValue {
  const { type, level, name } = variable;
  const isText = typeof value === 'string';
  switch (type.kind) {
    case 'number': {
      const number = isText ? toNumber(value) : value;
      if (typeof number === 'number' && Number.isFinite(number)) return number;
      break;
    }
    case 'time': {
      const time = isText ? toTime(value, now) : value;
      if (typeof time === 'number' && Number.isFinite(time)) return time;
      break;
    }
    case 'boolean': {
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      const sites = isText ? value.split(';').map((site) => site.trim()) : value;
      if (level !== 'dataset' && isListOfTexts(sites)) return sites;
      break;
    }
    case 'text':
      if (isText) return value;
      break;
    case 'enum':
      if (isText && type.values.includes(value.toUpperCase())) return value.toUpperCase();
      break;
    default:
      return type satisfies never;
  }
  const shown = JSON.stringify(value);
  throw inputError({
    what: `${shown} is not a value of ${name}`,
    where: { file, path: at },
    hint: EXPECTED[type.kind],
  });
}

const EXPECTED = {
  number: 'it is a number',
  time: 'it is a time: seconds since 1970, or a date such as 2026-01-31',
  boolean: 'it is true or false, or for a variable of replicas a list of sites',
  text: 'it is a text',
  enum: 'it is one of the words of the variable',
} as const;

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
