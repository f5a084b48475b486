import { nearestName } from '../condition/nearest-name.ts';

/** What is wrong with a value, or undefined. */
export type Check = (value: unknown) => string | undefined;

/** Where an object stands in what was given. */
export interface ObjectPlace {
  /** The error for a fault of the object (`key` undefined) or of one of its keys. */
  fault(key: string | undefined, what: string, hint?: string): Error;
}

/** The keys of one kind of object: how it is checked in one pass over its own keys, without allocation. */
export interface ObjectSchema<T> {
  /** With its article. */
  readonly noun: string;
  /** A required key has a bit of its own; the others have 0. */
  readonly keys: ReadonlyMap<string, { readonly check: Check; readonly bit: number }>;
  readonly required: readonly (keyof T & string)[];
  readonly requiredBits: number;
}

export type RequiredChecks<T> = { readonly [K in RequiredKeys<T>]: Check };
export type OptionalChecks<T> = { readonly [K in Exclude<keyof T & string, RequiredKeys<T>>]: Check };

export function objectSchema<T>(
  noun: string,
  required: RequiredChecks<T>,
  optional: OptionalChecks<T>,
): ObjectSchema<T> {
  const names = Object.keys(required) as RequiredKeys<T>[];
  const keys = new Map<string, { check: Check; bit: number }>();
  for (const [index, name] of names.entries()) keys.set(name, { check: required[name], bit: 1 << index });
  for (const [name, check] of Object.entries<Check>(optional)) keys.set(name, { check, bit: 0 });
  return { noun, keys, required: names, requiredBits: (1 << names.length) - 1 };
}

/** The object, known to have the keys and types of its schema. Throws the place's fault, which names the key. */
export function checkObject<T>(schema: ObjectSchema<T>, object: object, place: ObjectPlace): T {
  let seen = 0;
  for (const key in object) {
    const rule = schema.keys.get(key);
    if (rule === undefined) throw unknownKey(schema, key, place);
    const wrong = rule.check((object as Readonly<Record<string, unknown>>)[key]);
    if (wrong !== undefined) throw place.fault(key, wrong);
    seen |= rule.bit;
  }
  if (seen !== schema.requiredBits) {
    const missing = schema.required.find((key) => !Object.hasOwn(object, key));
    throw place.fault(missing, `${schema.noun} needs the key "${missing}"`);
  }
  return object as T;
}

type RequiredKeys<T> = { [K in keyof T & string]-?: undefined extends T[K] ? never : K }[keyof T & string];

function unknownKey<T>(schema: ObjectSchema<T>, key: string, place: ObjectPlace): Error {
  const near = nearestName(key, schema.keys.keys());
  const hint = near === undefined ? `its keys are ${[...schema.keys.keys()].join(', ')}` : `did you mean "${near}"?`;
  return place.fault(key.slice(0, 80).toWellFormed(), `${schema.noun} has no such key`, hint);
}
