/**
 * Finds, for a dataset's name, the few of many conditions that can hold: most say `dataset.name == /X/...` or
 * `.../TIER`, and a million names times dozens of globs would cost seconds.
 */
import type { CheckedCondition } from '@dynamo/core';

export class NameIndex<T> {
  /** By hash of the key. Keys that share a hash share their values: the condition itself decides. */
  readonly #byFirst = new Map<number, T[]>();
  readonly #byLast = new Map<number, T[]>();
  readonly #others: T[] = [];
  /** Whether a first key has that second character, a last key that last one: most names are out at a glance. */
  readonly #firstInitials = new Uint8Array(INITIALS);
  readonly #lastEnds = new Uint8Array(INITIALS);

  add(condition: CheckedCondition, value: T): void {
    this.#addKeys(keysOf(condition), value);
  }

  /** A name, or a glob over names. */
  addPattern(pattern: string, value: T): void {
    const key = keyOf(pattern);
    this.#addKeys(key === undefined ? undefined : [key], value);
  }

  /** Every value whose condition can hold for that name; a value may come twice. Nothing is allocated. */
  visit(name: string, see: (value: T) => void): void {
    seeAll(this.#others, see);
    if (this.#firstInitials[name.charCodeAt(1) % INITIALS] === 1) {
      seeAll(this.#byFirst.get(hash(name, 0, name.indexOf('/', 1) + 1)), see);
    }
    if (this.#lastEnds[name.charCodeAt(name.length - 1) % INITIALS] === 1) {
      seeAll(this.#byLast.get(hash(name, Math.max(name.lastIndexOf('/'), 0), name.length)), see);
    }
  }

  #addKeys(keys: readonly Key[] | undefined, value: T): void {
    if (keys === undefined) this.#others.push(value);
    for (const { part, text } of keys ?? []) {
      const map = part === 'first' ? this.#byFirst : this.#byLast;
      if (part === 'first') this.#firstInitials[text.charCodeAt(1) % INITIALS] = 1;
      else this.#lastEnds[text.charCodeAt(text.length - 1) % INITIALS] = 1;
      const key = hash(text, 0, text.length);
      const known = map.get(key);
      if (known === undefined) map.set(key, [value]);
      else known.push(value);
    }
  }
}

const INITIALS = 256;

function seeAll<T>(values: readonly T[] | undefined, see: (value: T) => void): void {
  if (values === undefined) return;
  for (const value of values) see(value);
}

/** FNV-1a of the characters from `start` up to `end`: a part of a name is looked up without being cut out of it. */
function hash(text: string, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < end; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}

interface Key {
  readonly part: 'first' | 'last';
  readonly text: string;
}

const WILD = /[*?[\]]/;

/** One key for each pattern of the name; undefined: any name may do. */
function keysOf({ predicates }: CheckedCondition): Key[] | undefined {
  for (const { variable, test } of predicates) {
    if (variable.name !== 'dataset.name' || test.kind !== 'text' || test.negated) continue;
    const keys = test.patterns.map(({ kind, source }): Key | undefined =>
      kind === 'regex' ? undefined : keyOf(source),
    );
    if (keys.every((key) => key !== undefined)) return keys;
  }
  return undefined;
}

/** `/EGamma/` of `/EGamma/Run*`, else `/AOD` of the tail: whatever matches must begin, or end, with it. */
function keyOf(pattern: string): Key | undefined {
  const second = pattern.indexOf('/', 1);
  const first = pattern.slice(0, second + 1);
  if (pattern.startsWith('/') && second > 0 && !WILD.test(first)) return { part: 'first', text: first };
  const slash = pattern.lastIndexOf('/');
  const last = pattern.slice(slash);
  return slash >= 0 && !WILD.test(last) ? { part: 'last', text: last } : undefined;
}
