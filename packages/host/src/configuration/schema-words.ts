/** What sections of the configuration are written in. */
import { nearestName } from '@dynamo/core';
import { z } from 'zod';

const YEAR_SECONDS = 366 * 86_400;

export function path(): z.ZodString {
  return z.string().min(1);
}

export function fraction(): z.ZodNumber {
  return z.number().min(0).max(1);
}

export function integer(min: number, max: number): z.ZodNumber {
  return z.number().int().min(min).max(max);
}

export function seconds(min: number): z.ZodNumber {
  return integer(min, YEAR_SECONDS);
}

/** An object that takes these keys only, and names the nearest one for a key that it does not know. */
export function section<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, known) : undefined),
  });
}

function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const near = keys.length === 1 ? nearestName(keys[0] as string, known) : undefined;
  return near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`;
}

/** For a section of several kinds: the kind of one that does not say. */
export function withKind(kind: string): (given: unknown) => unknown {
  return (given) => (isObject(given) && given.kind === undefined ? { kind, ...given } : given);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
