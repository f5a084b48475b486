/**
 * Finds, for a dataset's name, the few of many conditions that can hold: most say `dataset.name == /X/...` or
 * `.../TIER`, and a million names times dozens of globs would cost seconds.
 */
import type { CheckedCondition } from '@dynamo/core';

/** Up to so many ends are tried one by one, which is faster than to cut the name and look it up. */
const FEW = 8;

export class NameIndex<T> {
  readonly #byFirst = new Map<string, T[]>();
  readonly #byLast = new Map<string, T[]>();
  readonly #others: T[] = [];
  /** Character codes after the first slash of the keys in `#byFirst`: most names are out at a glance. */
  readonly #firstInitials = new Set<number>();

  add(condition: CheckedCondition, value: T): void {
    this.#addKeys(keysOf(condition), value);
  }

  /** A name, or a glob over names. */
  addPattern(pattern: string, value: T): void {
    const key = keyOf(pattern);
    this.#addKeys(key === undefined ? undefined : [key], value);
  }

  /** Every value whose condition can hold for that name; a value may come twice. */
  visit(name: string, see: (value: T) => void): void {
    for (const value of this.#others) see(value);
    if (this.#byFirst.size > 0 && this.#firstInitials.has(name.charCodeAt(1))) {
      for (const value of this.#byFirst.get(name.slice(0, name.indexOf('/', 1) + 1)) ?? []) see(value);
    }
    if (this.#byLast.size > FEW) {
      for (const value of this.#byLast.get(name.slice(name.lastIndexOf('/'))) ?? []) see(value);
    } else {
      for (const [last, values] of this.#byLast) if (name.endsWith(last)) for (const value of values) see(value);
    }
  }

  #addKeys(keys: readonly Key[] | undefined, value: T): void {
    if (keys === undefined) this.#others.push(value);
    for (const { part, text } of keys ?? []) {
      const map = part === 'first' ? this.#byFirst : this.#byLast;
      if (part === 'first') this.#firstInitials.add(text.charCodeAt(1));
      map.set(text, [...(map.get(text) ?? []), value]);
    }
  }
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
