/**
 * The attributes of datasets, a pair of columns for each name: a code for the kind of value, and a number that is the
 * value or its place in a dictionary. Names are few; they stay once used.
 */

import type { AttributeValue } from '../model/records.ts';
import { type Columns, columnsFrom, forkColumns, makeColumns, PAGE_SHIFT, writeColumns } from './column.ts';
import { Dictionary } from './dictionary.ts';
import type { Stamp } from './stamp.ts';
import type { ImageReader, ImageWriter } from './state-image.ts';

const SCHEMA = { kind: 'u8', value: 'f64' } as const;
const KIND = { missing: 0, number: 1, boolean: 2, json: 3 } as const;

type AttributeColumn = Columns<typeof SCHEMA>;

export class AttributeColumns {
  readonly #stamp: Stamp;
  readonly #byName: Map<string, AttributeColumn>;
  readonly #dictionary: Dictionary;

  private constructor(stamp: Stamp, byName: Map<string, AttributeColumn>, dictionary: Dictionary) {
    this.#stamp = stamp;
    this.#byName = byName;
    this.#dictionary = dictionary;
  }

  static empty(stamp: Stamp): AttributeColumns {
    return new AttributeColumns(stamp, new Map(), new Dictionary());
  }

  static read(stamp: Stamp, image: ImageReader): AttributeColumns {
    const names = image.value<readonly string[]>('names');
    const byName = names.map((name, i): [string, AttributeColumn] => [
      name,
      columnsFrom(SCHEMA, { kind: 'image', stamp, image: image.below(String(i)) }),
    ]);
    return new AttributeColumns(stamp, new Map(byName), Dictionary.read(image, 'dictionary'));
  }

  write(image: ImageWriter): void {
    image.value('names', [...this.#byName.keys()]);
    for (const [i, columns] of [...this.#byName.values()].entries()) writeColumns(columns, image.below(String(i)));
    this.#dictionary.write(image, 'dictionary');
  }

  fork(stamp: Stamp): AttributeColumns {
    const forks = [...this.#byName].map(([name, columns]): [string, AttributeColumn] => [
      name,
      forkColumns(columns, stamp),
    ]);
    return new AttributeColumns(stamp, new Map(forks), this.#dictionary);
  }

  /** Undefined where the row has none. Names in alphabetical order. */
  get(row: number): Readonly<Record<string, AttributeValue>> | undefined {
    let found: Record<string, AttributeValue> | undefined;
    for (const name of this.#byName.keys()) {
      const value = this.value(row, name);
      if (value === undefined) continue;
      found ??= {};
      found[name] = value;
    }
    return found;
  }

  value(row: number, name: string): AttributeValue | undefined {
    const columns = this.#byName.get(name);
    if (columns === undefined || columns.kind.page(row >>> PAGE_SHIFT) === undefined) return undefined;
    const value = columns.value.get(row);
    switch (columns.kind.get(row)) {
      case KIND.number:
        return value;
      case KIND.boolean:
        return value === 1;
      case KIND.json:
        return JSON.parse(this.#dictionary.text(value)) as AttributeValue;
      default:
        return undefined;
    }
  }

  set(row: number, attributes: Readonly<Record<string, AttributeValue>>): void {
    for (const name of Object.keys(attributes)) if (!this.#byName.has(name)) this.#addName(name);
    for (const [name, columns] of this.#byName) {
      const value = attributes[name];
      if (value === undefined) {
        if (columns.kind.page(row >>> PAGE_SHIFT) !== undefined) columns.kind.set(row, KIND.missing);
      } else if (typeof value === 'number') {
        this.#put(columns, row, KIND.number, value);
      } else if (typeof value === 'boolean') {
        this.#put(columns, row, KIND.boolean, value ? 1 : 0);
      } else {
        this.#put(columns, row, KIND.json, this.#dictionary.code(JSON.stringify(value)));
      }
    }
  }

  #put(columns: AttributeColumn, row: number, kind: number, value: number): void {
    columns.kind.set(row, kind);
    columns.value.set(row, value);
  }

  #addName(name: string): void {
    const all = [...this.#byName, [name, makeColumns(SCHEMA, this.#stamp)] as const];
    this.#byName.clear();
    for (const [each, columns] of all.sort(([a], [b]) => (a < b ? -1 : 1))) this.#byName.set(each, columns);
  }
}
