/** What values of given data must be: each check says what is wrong, in words that follow the place of the value. */
import { MAX_TIME } from '../inventory/validate-record.ts';
import type { Check } from './object-schema.ts';

export const text: Check = (value) => (typeof value === 'string' ? undefined : 'not a text');

export const textOrNull: Check = (value) =>
  value === null || typeof value === 'string' ? undefined : 'neither a text nor null';

export const listOfTexts: Check = (value) => {
  if (!Array.isArray(value) || value.length === 0) return 'not a list with something in it';
  return value.every((each) => typeof each === 'string' && each !== '') ? undefined : 'not a list of texts';
};

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

export function oneOf(words: readonly string[]): Check {
  const wrong = `not one of ${words.join(', ')}`;
  return (value) => ((words as readonly unknown[]).includes(value) ? undefined : wrong);
}

/** For a value that something else looks at more closely. */
export const anything: Check = () => undefined;
