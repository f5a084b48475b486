/**
 * Values of variables by dataset, a column for each: as differences of whole numbers, as doubles, or by a dictionary. Where
 * an earlier cycle's are at hand, only those that have changed since.
 */
import type { AttributeColumn, AttributeValue } from '@dynamo/core';
import { readSteps, writeSteps } from './ascending-numbers.ts';
import { readDoubles, writeDoubles } from './byte-planes.ts';
import { ByteReader, ByteWriter, damagedRecord } from './byte-stream.ts';
import { readFormat, writeFormat } from './record-format.ts';

type Coding = 'whole' | 'double' | 'dictionary';

interface Head {
  readonly columns: readonly { readonly variable: string; readonly coding: Coding; readonly least?: number }[];
}

export type AttributeColumns = ReadonlyMap<string, AttributeColumn>;

/** `datasets`: those of the image; what is known of others was not looked at. `base`: what the reader will have already. */
export function packAttributes(
  columns: AttributeColumns,
  datasets: readonly string[],
  base: AttributeColumns = new Map(),
): Uint8Array {
  const described: Head['columns'][number][] = [];
  const writers: ByteWriter[] = [];
  for (const [variable, column] of columns) {
    const before = base.get(variable);
    const changed: number[] = [];
    const values: AttributeValue[] = [];
    for (const [number, name] of datasets.entries()) {
      const value = column.get(name);
      if (isSame(value, before?.get(name))) continue;
      changed.push(number);
      if (value !== undefined) values.push(value);
    }
    const present = new Uint8Array(Math.ceil(changed.length / 8));
    for (const [i, number] of changed.entries()) {
      if (column.has(datasets[number] as string)) present[i >>> 3] = (present[i >>> 3] as number) | (1 << (i & 7));
    }
    const writer = new ByteWriter();
    writeSteps(writer, changed);
    writer.raw(present);
    described.push({ variable, ...packValues(writer, values) });
    writers.push(writer);
  }
  const all = new ByteWriter();
  writeFormat(all);
  all.text(JSON.stringify({ columns: described } satisfies Head));
  for (const writer of writers) all.nested(writer);
  return all.finish();
}

/** In the order of the datasets. */
export function unpackAttributes(
  bytes: Uint8Array,
  datasets: readonly string[],
  base: AttributeColumns = new Map(),
): AttributeColumns {
  const reader = new ByteReader(bytes);
  readFormat(reader);
  const { columns } = (reader.json() ?? {}) as Partial<Head>;
  if (!Array.isArray(columns)) throw damagedRecord('its head is not one of attributes');
  return new Map(
    columns.map((described: Partial<Head['columns'][number]> | null) => {
      const { variable, coding, least = 0 } = described ?? {};
      if (typeof variable !== 'string') throw damagedRecord('a column of attributes has no name');
      const column = reader.nested();
      const changed = readSteps(column, datasets.length);
      const present = column.raw(Math.ceil(changed.length / 8));
      const has = changed.map((_, i) => ((present[i >>> 3] as number) & (1 << (i & 7))) !== 0);
      const count = has.reduce((sum, each) => sum + (each ? 1 : 0), 0);
      const unpack = CODINGS.get(String(coding));
      if (unpack === undefined) throw damagedRecord(`attributes in the coding ${String(coding)} are not known here`);
      const values = unpack(column, count, least);
      return [variable, merge(datasets, base.get(variable), { changed, has, values })];
    }),
  );
}

interface Changed {
  /** Numbers of datasets, ascending. */
  readonly changed: readonly number[];
  /** Of each of those, whether there is a value. */
  readonly has: readonly boolean[];
  readonly values: readonly AttributeValue[];
}

function merge(
  datasets: readonly string[],
  before: AttributeColumn | undefined,
  { changed, has, values }: Changed,
): AttributeColumn {
  const merged = new Map<string, AttributeValue>();
  let [next, nextValue] = [0, 0];
  for (const [number, name] of datasets.entries()) {
    let value = before?.get(name);
    if (changed[next] === number) value = has[next++] === true ? values[nextValue++] : undefined;
    if (value !== undefined) merged.set(name, value);
  }
  return merged;
}

function isSame(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (Object.is(a, b)) return true;
  return a !== undefined && b !== undefined && typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b);
}

function packValues(
  writer: ByteWriter,
  values: readonly AttributeValue[],
): { readonly coding: Coding; readonly least?: number } {
  if (values.every((value) => typeof value === 'number')) {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const value of values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    const isWhole = values.every((value) => Number.isSafeInteger(value) && !Object.is(value, -0));
    if (isWhole && values.length > 0 && Number.isSafeInteger(most - least)) {
      for (const value of values) writer.whole(value - least);
      return { coding: 'whole', least };
    }
    writeDoubles(writer, values);
    return { coding: 'double' };
  }
  const numbers = new Map<string, number>();
  for (const value of values) {
    const text = textOf(value);
    if (!numbers.has(text)) numbers.set(text, numbers.size);
  }
  writer.whole(numbers.size);
  for (const text of numbers.keys()) writer.text(text);
  for (const value of values) writer.whole(numbers.get(textOf(value)) as number);
  return { coding: 'dictionary' };
}

type Unpack = (reader: ByteReader, count: number, least: number) => readonly AttributeValue[];

const CODINGS: ReadonlyMap<string, Unpack> = new Map<Coding, Unpack>([
  ['whole', (reader, count, least) => Array.from({ length: count }, () => reader.whole() + least)],
  ['double', readDoubles],
  ['dictionary', unpackDictionary],
]);

function unpackDictionary(reader: ByteReader, count: number): readonly AttributeValue[] {
  const texts = Array.from({ length: reader.count() }, () => reader.text());
  return Array.from({ length: count }, () => parsedValue(texts[reader.index(texts.length)] as string));
}

/** JSON has no NaN, and no -0. */
function textOf(value: AttributeValue): string {
  if (typeof value !== 'number') return JSON.stringify(value);
  return Object.is(value, -0) ? '#-0' : `#${value}`;
}

function parsedValue(text: string): AttributeValue {
  if (text.startsWith('#')) return Number(text.slice(1));
  try {
    return JSON.parse(text) as AttributeValue;
  } catch (cause) {
    throw damagedRecord('a value is no JSON', cause);
  }
}
