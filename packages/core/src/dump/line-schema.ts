import { nearestName } from '../condition/nearest-name.ts';
import { MAX_TIME } from '../inventory/validate-record.ts';
import { DATASET_STATUSES, GROUP_LEVELS, SITE_STATUSES, STORAGE_TYPES } from '../model/enumerations.ts';
import type { LineCursor } from './line-cursor.ts';

/** What is wrong with a value, or undefined. */
export type Check = (value: unknown) => string | undefined;

/** The keys of one type of line: how a line is checked in one pass over its own keys, without allocation. */
export interface LineSchema<T> {
  readonly type: string;
  /** A required key has a bit of its own; the others have 0. */
  readonly keys: ReadonlyMap<string, { readonly check: Check; readonly bit: number }>;
  readonly required: readonly (keyof T & string)[];
  readonly requiredBits: number;
}

export function lineSchema<T>(
  type: string,
  required: { readonly [K in RequiredKeys<T>]: Check },
  optional: { readonly [K in Exclude<keyof T & string, RequiredKeys<T>>]: Check },
): LineSchema<T> {
  const names = Object.keys(required) as RequiredKeys<T>[];
  const keys = new Map<string, { check: Check; bit: number }>([['type', { check: () => undefined, bit: 0 }]]);
  for (const [index, name] of names.entries()) keys.set(name, { check: required[name], bit: 1 << index });
  for (const [name, check] of Object.entries<Check>(optional)) keys.set(name, { check, bit: 0 });
  return { type, keys, required: names, requiredBits: (1 << names.length) - 1 };
}

/** The line, known to have the keys and types of its schema. Throws `invalid-input` that names the key. */
export function checkLine<T>(schema: LineSchema<T>, line: object, cursor: LineCursor): T {
  let seen = 0;
  for (const key in line) {
    const rule = schema.keys.get(key);
    if (rule === undefined) throw unknownKey(schema, key, cursor);
    const wrong = rule.check((line as Readonly<Record<string, unknown>>)[key]);
    if (wrong !== undefined) throw cursor.fault(key, wrong);
    seen |= rule.bit;
  }
  if (seen !== schema.requiredBits) {
    const missing = schema.required.find((key) => !Object.hasOwn(line, key));
    throw cursor.fault(missing, `a ${schema.type} line needs the key "${missing}"`);
  }
  return line as T;
}

type RequiredKeys<T> = { [K in keyof T & string]-?: undefined extends T[K] ? never : K }[keyof T & string];

function unknownKey<T>(schema: LineSchema<T>, key: string, cursor: LineCursor): Error {
  const near = nearestName(key, schema.keys.keys());
  const hint = near === undefined ? `its keys are ${[...schema.keys.keys()].join(', ')}` : `did you mean "${near}"?`;
  return cursor.fault(key.slice(0, 80).toWellFormed(), `a ${schema.type} line has no such key`, hint);
}

export const text: Check = (value) => (typeof value === 'string' ? undefined : 'not a text');

export const textOrNull: Check = (value) =>
  value === null || typeof value === 'string' ? undefined : 'neither a text nor null';

export const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'neither true nor false');

export const whole: Check = (value) =>
  Number.isSafeInteger(value) ? undefined : 'not an integer between -(2^53 - 1) and 2^53 - 1';

/** Bytes. -0 is not one: it would not come back as it went in. */
export const size: Check = (value) => {
  if (!Number.isSafeInteger(value)) return 'not a size: an integer of bytes from 0 to 2^53 - 1';
  return (value as number) < 0 || Object.is(value, -0) ? 'a size cannot be negative' : undefined;
};

export const count: Check = (value) => {
  if (!Number.isSafeInteger(value)) return 'not a number of files: an integer';
  if ((value as number) < 0 || Object.is(value, -0)) return 'a number of files cannot be negative';
  return (value as number) < 2 ** 32 ? undefined : 'a block has at most 2^32 - 1 files';
};

export const time: Check = (value) => {
  if (!Number.isSafeInteger(value)) return 'not a time: an integer of seconds since 1970';
  if ((value as number) < 0 || Object.is(value, -0)) return 'a time before 1970';
  return (value as number) <= MAX_TIME ? undefined : 'a time after the year 2106 (seconds, not milliseconds)';
};

export const timeOrNull: Check = (value) => (value === null ? undefined : time(value));

export const storageType: Check = oneOf(STORAGE_TYPES);
export const siteStatus: Check = oneOf(SITE_STATUSES);
export const datasetStatus: Check = oneOf(DATASET_STATUSES);
export const groupLevel: Check = oneOf(GROUP_LEVELS);

export function oneOf(words: readonly string[]): Check {
  const wrong = `not one of ${words.join(', ')}`;
  return (value) => ((words as readonly unknown[]).includes(value) ? undefined : wrong);
}
