/**
 * The datasets of a run, to which the rest of its record refers by number, each with its bytes. Most of them are those of
 * the cycle before: a record may have the list of an earlier one, which the history keeps once, and what has changed.
 */
import { compareByteOrder } from '@dynamo/core';
import { readSteps, writeSteps } from './ascending-numbers.ts';
import { readWholes, writeWholes } from './byte-planes.ts';
import { ByteReader, ByteWriter, damagedRecord } from './byte-stream.ts';
import { packNames, readNames, unpackNames } from './name-list.ts';
import { readFormat, writeFormat } from './record-format.ts';

export interface DatasetTable {
  /** In byte order. */
  readonly names: readonly string[];
  /** Bytes of all blocks of the dataset, by the same numbers. */
  readonly sizes: ArrayLike<number>;
}

export function packDatasets({ names, sizes }: DatasetTable): Uint8Array {
  const writer = new ByteWriter();
  writeFormat(writer);
  writer.bytes(packNames(names));
  writeWholes(writer, Array.from(sizes));
  return writer.finish();
}

export function unpackDatasets(bytes: Uint8Array): DatasetTable {
  const reader = new ByteReader(bytes);
  readFormat(reader);
  const names = unpackNames(reader.bytes());
  const sizes = readWholes(reader);
  if (sizes.length !== names.length) throw damagedRecord('it has not one size for each dataset');
  return { names, sizes };
}

/** How many datasets are another than in the base: gone, new or of another size. */
export function countChanges(base: DatasetTable, table: DatasetTable): number {
  const { removed, added, resized } = compare(base, table);
  return removed.length + added.length + resized.length;
}

export function writeDatasetChanges(writer: ByteWriter, base: DatasetTable, table: DatasetTable): void {
  const { removed, added, resized } = compare(base, table);
  const sizesOf = (numbers: readonly number[]): number[] => numbers.map((number) => table.sizes[number] as number);
  writeSteps(writer, removed);
  writer.bytes(packNames(added.map((number) => table.names[number] as string)));
  writeWholes(writer, sizesOf(added));
  writeSteps(writer, resized);
  writeWholes(writer, sizesOf(resized));
}

export function readDatasetChanges(reader: ByteReader, base: DatasetTable): DatasetTable {
  const removed = new Set(readSteps(reader, base.names.length));
  const added = readNames(new ByteReader(reader.bytes()));
  const addedSizes = readWholes(reader);
  const names: string[] = [];
  const sizes: number[] = [];
  let next = 0;
  const addBefore = (name: string | undefined): void => {
    for (; next < added.length; next++) {
      const other = added[next] as string;
      if (name !== undefined && compareByteOrder(other, name) > 0) return;
      names.push(other);
      sizes.push(addedSizes[next] as number);
    }
  };
  for (const [number, name] of base.names.entries()) {
    if (removed.has(number)) continue;
    addBefore(name);
    names.push(name);
    sizes.push(base.sizes[number] as number);
  }
  addBefore(undefined);
  const resized = readSteps(reader, names.length);
  const newSizes = readWholes(reader);
  if (addedSizes.length !== added.length || newSizes.length !== resized.length) {
    throw damagedRecord('it has not one size for each dataset');
  }
  for (const [i, number] of resized.entries()) sizes[number] = newSizes[i] as number;
  return { names, sizes };
}

interface Changes {
  /** Numbers in the base. */
  readonly removed: number[];
  /** Numbers in the new table. */
  readonly added: number[];
  readonly resized: number[];
}

/** Both are sorted: what one lacks is seen as it goes by. */
function compare(base: DatasetTable, table: DatasetTable): Changes {
  const changes: Changes = { removed: [], added: [], resized: [] };
  let [old, now] = [0, 0];
  while (old < base.names.length || now < table.names.length) {
    const [before, after] = [base.names[old], table.names[now]];
    const order = before === undefined ? 1 : after === undefined ? -1 : compareByteOrder(before, after);
    if (order < 0) changes.removed.push(old++);
    else if (order > 0) changes.added.push(now++);
    else if (base.sizes[old++] !== table.sizes[now++]) changes.resized.push(now - 1);
  }
  return changes;
}
