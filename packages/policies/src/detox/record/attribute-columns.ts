/** Values of variables by dataset, a column for each: as differences of whole numbers, as doubles, or by a dictionary. */
import { type AttributeColumn, type AttributeValue, DynamoError } from '@dynamo/core';
import { ByteReader, ByteWriter } from './byte-stream.ts';

type Coding = 'whole' | 'double' | 'dictionary';

interface Head {
  readonly format: 1;
  readonly columns: readonly { readonly variable: string; readonly coding: Coding; readonly least?: number }[];
}

/** `datasets`: those of the image; what is known of others was not looked at. */
export function packAttributes(columns: ReadonlyMap<string, AttributeColumn>, datasets: readonly string[]): Uint8Array {
  const described: Head['columns'][number][] = [];
  const writers: ByteWriter[] = [];
  for (const [variable, column] of columns) {
    const present = new Uint8Array(Math.ceil(datasets.length / 8));
    const values: AttributeValue[] = [];
    for (const [number, name] of datasets.entries()) {
      const value = column.get(name);
      if (value === undefined) continue;
      values.push(value);
      present[number >>> 3] = (present[number >>> 3] as number) | (1 << (number & 7));
    }
    const writer = new ByteWriter();
    writer.raw(present);
    described.push({ variable, ...packValues(writer, values) });
    writers.push(writer);
  }
  const all = new ByteWriter();
  all.text(JSON.stringify({ format: 1, columns: described } satisfies Head));
  for (const writer of writers) all.nested(writer);
  return all.finish();
}

export function unpackAttributes(bytes: Uint8Array, datasets: readonly string[]): ReadonlyMap<string, AttributeColumn> {
  const reader = new ByteReader(bytes);
  const { columns } = JSON.parse(reader.text()) as Head;
  return new Map(
    columns.map(({ variable, coding, least = 0 }) => {
      const column = reader.nested();
      const present = column.raw(Math.ceil(datasets.length / 8));
      const named = datasets.filter((_, number) => ((present[number >>> 3] as number) & (1 << (number & 7))) !== 0);
      const values = UNPACK[coding]?.(column, named.length, least);
      if (values === undefined)
        throw new DynamoError('corrupt', `attributes in the coding ${coding} are not known here`);
      return [variable, new Map(named.map((name, i) => [name, values[i] as AttributeValue]))];
    }),
  );
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
    packDoubles(writer, values);
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

const UNPACK: Readonly<
  Record<Coding, (reader: ByteReader, count: number, least: number) => readonly AttributeValue[]>
> = {
  whole: (reader, count, least) => Array.from({ length: count }, () => reader.whole() + least),
  double: unpackDoubles,
  dictionary(reader, count) {
    const texts = Array.from({ length: reader.whole() }, () => reader.text());
    return Array.from({ length: count }, () => parsedValue(texts[reader.whole()] as string));
  },
};

const DOUBLE_BYTES = 8;

/** All first bytes, all second ones, and so on: signs and exponents, which are much alike, stand together. */
function packDoubles(writer: ByteWriter, values: readonly number[]): void {
  const plain = new DataView(new ArrayBuffer(values.length * DOUBLE_BYTES));
  for (const [i, value] of values.entries()) plain.setFloat64(i * DOUBLE_BYTES, value);
  const shuffled = new Uint8Array(plain.byteLength);
  for (let at = 0; at < shuffled.length; at++) {
    shuffled[(at % DOUBLE_BYTES) * values.length + Math.floor(at / DOUBLE_BYTES)] = plain.getUint8(at);
  }
  writer.raw(shuffled);
}

function unpackDoubles(reader: ByteReader, count: number): readonly number[] {
  const shuffled = reader.raw(count * DOUBLE_BYTES);
  const plain = new DataView(new ArrayBuffer(shuffled.length));
  for (let at = 0; at < shuffled.length; at++) {
    plain.setUint8(at, shuffled[(at % DOUBLE_BYTES) * count + Math.floor(at / DOUBLE_BYTES)] as number);
  }
  return Array.from({ length: count }, (_, i) => plain.getFloat64(i * DOUBLE_BYTES));
}

/** JSON has no NaN, and no -0. */
function textOf(value: AttributeValue): string {
  if (typeof value !== 'number') return JSON.stringify(value);
  return Object.is(value, -0) ? '#-0' : `#${value}`;
}

function parsedValue(text: string): AttributeValue {
  return text.startsWith('#') ? Number(text.slice(1)) : (JSON.parse(text) as AttributeValue);
}
