/** Reads the fields of a document that a person wrote (JSON or YAML, parsed already): every fault at its path. */
import { DynamoError, inputError, nearestName } from '@dynamo/core';

export interface DocumentFault {
  /** `plugins[0].priority`; empty: the document as a whole. */
  readonly path: string;
  readonly what: string;
  readonly hint?: string | undefined;
}

/** One error for all faults of a document: a line each. */
export function documentError(faults: readonly DocumentFault[], file?: string): DynamoError<'invalid-input'> {
  const lines = faults.map(({ path, what, hint }) => inputError({ what, where: { file, path }, hint }).message);
  return new DynamoError('invalid-input', lines.join('\n'), { data: { faults } });
}

export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  /** Excludes `min` itself. */
  readonly above?: number;
  readonly integer?: boolean;
}

/** The fields of one object. Ask for all of them, then for `finish`: what was not asked for is unknown. */
export class DocumentFields {
  readonly path: string;
  readonly faults: DocumentFault[];
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #asked = new Set<string>();

  constructor(value: unknown, path: string, faults: DocumentFault[]) {
    this.path = path;
    this.faults = faults;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) faults.push({ path, what: `expected an object, got ${shown(value)}` });
    this.#fields = isObject ? (value as Readonly<Record<string, unknown>>) : {};
  }

  fault(key: string, what: string, hint?: string): void {
    this.faults.push({ path: this.at(key), what, ...(hint === undefined ? {} : { hint }) });
  }

  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  has(key: string): boolean {
    return this.#take(key) !== undefined;
  }

  /** Undefined: it is not given. */
  raw(key: string): unknown {
    return this.#take(key);
  }

  number<D extends number | null>(key: string, fallback: D, limits: NumberLimits = {}): number | D {
    const value = this.#take(key);
    if (value === undefined) return fallback;
    if (typeof value === 'number' && Number.isFinite(value) && isWithin(value, limits)) return value;
    this.fault(key, `expected ${describeLimits(limits)}, got ${shown(value)}`);
    return fallback;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.#take(key);
    if (value === undefined) return fallback;
    if (typeof value === 'boolean') return value;
    this.fault(key, `expected true or false, got ${shown(value)}`);
    return fallback;
  }

  text<D extends string | null>(key: string, fallback: D): string | D {
    const value = this.#take(key);
    if (value === undefined || (value === null && fallback === null)) return fallback;
    if (typeof value === 'string' && value !== '') return value;
    this.fault(key, `expected a text, got ${shown(value)}`);
    return fallback;
  }

  requiredText(key: string): string {
    if (!this.has(key)) this.fault(key, 'is missing');
    return this.text(key, '');
  }

  /** A list of texts; a single text is a list of one. */
  texts<D extends readonly string[] | null>(key: string, fallback: D): readonly string[] | D {
    const value = this.#take(key);
    if (value === undefined) return fallback;
    const list = typeof value === 'string' ? [value] : value;
    if (Array.isArray(list) && list.every((each): each is string => typeof each === 'string' && each !== ''))
      return list;
    this.fault(key, `expected a list of texts, got ${shown(value)}`);
    return fallback;
  }

  requiredTexts(key: string): readonly string[] {
    if (!this.has(key)) this.fault(key, 'is missing');
    const texts = this.texts(key, null) ?? [];
    if (this.has(key) && texts.length === 0 && Array.isArray(this.#fields[key])) this.fault(key, 'is empty');
    return texts;
  }

  list<T>(key: string, read: (fields: DocumentFields) => T): T[] {
    const value = this.#take(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.fault(key, `expected a list, got ${shown(value)}`);
      return [];
    }
    return value.map((each, i) => {
      const fields = new DocumentFields(each, `${this.at(key)}[${i}]`, this.faults);
      const result = read(fields);
      fields.finish();
      return result;
    });
  }

  /** An object with keys of the author's choice. */
  entries<T>(key: string, read: (name: string, fields: DocumentFields) => T): T[] {
    const value = this.#take(key);
    if (value === undefined) return [];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fault(key, `expected an object, got ${shown(value)}`);
      return [];
    }
    return Object.entries(value).map(([name, each]) => {
      const fields = new DocumentFields(each, this.at(`${key}.${name}`), this.faults);
      const result = read(name, fields);
      fields.finish();
      return result;
    });
  }

  /** An object of numbers under keys of the author's choice. */
  numbers(key: string, limits: NumberLimits): ReadonlyMap<string, number> {
    const value = this.#take(key);
    const numbers = new Map<string, number>();
    if (value === undefined) return numbers;
    const fields = new DocumentFields(value, this.at(key), this.faults);
    for (const name of Object.keys(fields.#fields)) numbers.set(name, fields.number(name, 0, limits));
    return numbers;
  }

  /** Nothing is known of the other keys. */
  acceptRest(): void {
    for (const key of Object.keys(this.#fields)) this.#asked.add(key);
  }

  /** Refuses the keys that nobody asked for. */
  finish(): void {
    for (const key of Object.keys(this.#fields)) {
      if (this.#asked.has(key)) continue;
      const near = nearestName(key, this.#asked);
      this.fault(
        key,
        'unknown key',
        near === undefined ? `known: ${[...this.#asked].join(', ')}` : `did you mean ${near}?`,
      );
    }
  }

  #take(key: string): unknown {
    this.#asked.add(key);
    return Object.hasOwn(this.#fields, key) ? this.#fields[key] : undefined;
  }
}

function isWithin(value: number, { min, max, above, integer }: NumberLimits): boolean {
  if (integer === true && !Number.isSafeInteger(value)) return false;
  return !(
    value < (min ?? Number.NEGATIVE_INFINITY) ||
    value > (max ?? Number.POSITIVE_INFINITY) ||
    value <= (above ?? Number.NEGATIVE_INFINITY)
  );
}

function describeLimits({ min, max, above, integer }: NumberLimits): string {
  const opens = min === undefined && above === undefined;
  const parts = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(min === undefined ? [] : [`of at least ${min}`]),
    ...(max === undefined ? [] : [`${opens ? 'of ' : ''}at most ${max}`]),
  ];
  return [integer === true ? 'a whole number' : 'a number', parts.join(' and ')].filter(Boolean).join(' ');
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
