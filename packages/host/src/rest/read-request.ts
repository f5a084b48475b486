/** What a request carries, as values of the expected shape; anything else is one `invalid-input` that names the places. */
import { nearestName } from '@dynamo/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isPersonName } from '../configuration/person-name.ts';
import type { WritingOptions } from '../services/application.ts';
import { type FaultPlace, RestError } from './rest-error.ts';

export function readQuery<T>(request: FastifyRequest, schema: z.ZodType<T>): T {
  return parse(schema, request.query, (path) => ({ query: path }));
}

export function readBody<T>(request: FastifyRequest, schema: z.ZodType<T>): T {
  return parse(schema, request.body ?? {}, (path) => ({ path }));
}

/** A number in the address, as of a request or a cycle. */
export function readNumber(request: FastifyRequest, name: string): number {
  const text = parameter(request, name);
  if (WHOLE_NUMBER.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new RestError(404, 'not-found', `expected a number, got ${JSON.stringify(text)}`, { path: name });
}

/** A part of the address, decoded. */
export function parameter(request: FastifyRequest, name: string): string {
  return (request.params as Readonly<Record<string, string>>)[name] ?? '';
}

/** The name that a change is recorded under. The token says that it is the operator; this, which of them. */
export function callerOf(request: FastifyRequest): WritingOptions {
  const name = request.headers['dynamo-user'];
  if (name === undefined) return { user: 'rest' };
  if (typeof name === 'string' && isPersonName(name)) return { user: name };
  const message = 'dynamo-user is a name of 1 to 64 letters, digits and _ @ . + -';
  throw new RestError(400, 'invalid-input', message, { header: 'dynamo-user' });
}

/** A whole number as it stands in a query. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  return z
    .string()
    .regex(WHOLE_NUMBER, { error: 'expected a whole number' })
    .transform(Number)
    .pipe(z.number().int().min(min).max(max));
}

/** An object that takes these keys only. */
export function keys<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKey(issue.keys, known) : undefined),
  });
}

const WHOLE_NUMBER = /^\d{1,16}$/;
const FAULTS_SHOWN = 5;

function parse<T>(schema: z.ZodType<T>, value: unknown, place: (path: string) => FaultPlace): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const path = [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
    return { path: pathText(path), what: lowerFirst(issue.message) };
  });
  const more = faults.length > FAULTS_SHOWN ? `; and ${faults.length - FAULTS_SHOWN} more` : '';
  const shown = faults.slice(0, FAULTS_SHOWN).map(({ path, what }) => (path === '' ? what : `${path}: ${what}`));
  throw new RestError(400, 'invalid-input', shown.join('; ') + more, place(faults[0]?.path ?? ''));
}

function unknownKey(unknown: readonly string[], known: readonly string[]): string {
  const near = nearestName(unknown[0] ?? '', known);
  if (near !== undefined) return `unknown key (did you mean ${near}?)`;
  return known.length === 0 ? 'unknown key (none is taken)' : `unknown key (known: ${known.join(', ')})`;
}

/** `datasets[2]`, as in every error about a document. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
