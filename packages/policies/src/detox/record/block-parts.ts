/**
 * Parts of dataset replicas: which blocks of one were decided about how. The blocks are named once for a dataset; a part
 * has a mark for each of them.
 */
import { compareByteOrder, type InventoryView } from '@dynamo/core';
import { readSteps, writeSteps } from './ascending-numbers.ts';
import { type BlockNameHead, packBlockNames, unpackBlockNames } from './block-names.ts';
import { type ByteReader, ByteWriter, damagedRecord } from './byte-stream.ts';

/** The names of the blocks of a dataset; none: it is not known which it has. */
export type BlockNames = (dataset: string) => Iterable<string>;

export function blockNamesIn(view: InventoryView): BlockNames {
  return (dataset) => Array.from(view.dataset(dataset)?.blocks() ?? [], ({ name }) => name);
}

/** Blocks of a dataset replica, in groups that have none in common. */
export interface BlockPart {
  /** The number of the dataset. */
  readonly dataset: number;
  readonly groups: (readonly string[])[];
}

/** In the order in which they are written, a column each. */
const HEAD = ['uuids', 'texts', 'digits'] as const;

/** Lists of parts that share the names. */
export function writeParts(
  writer: ByteWriter,
  lists: readonly (readonly BlockPart[])[],
  blocksOf: (dataset: number) => Iterable<string>,
): void {
  const named = new Map<number, Set<string>>();
  for (const { dataset, groups } of lists.flat()) {
    const names = named.get(dataset) ?? new Set();
    named.set(dataset, names);
    for (const name of groups.flat()) names.add(name);
  }
  const datasets = [...named.keys()].sort((a, b) => a - b);
  const columns = Array.from(HEAD, () => new ByteWriter());
  const lengths = new ByteWriter();
  const bodies = new ByteWriter();
  const orders = new Map<number, ReadonlyMap<string, number>>();
  for (const dataset of datasets) {
    const names = [...(named.get(dataset) ?? [])].sort(compareByteOrder);
    const packed = packBlockNames(names, blocksOf(dataset));
    for (const [i, key] of HEAD.entries()) columns[i]?.whole(packed[key]);
    lengths.whole(packed.body.length);
    bodies.raw(packed.body);
    orders.set(dataset, packed.order);
  }
  writeSteps(writer, datasets);
  for (const column of [...columns, lengths, bodies]) writer.nested(column);
  for (const parts of lists) {
    const marks = new ByteWriter();
    for (const part of parts) writeMarks(marks, part, orders.get(part.dataset) ?? new Map());
    writer.nested(marks);
  }
}

function writeMarks(writer: ByteWriter, { groups }: BlockPart, order: ReadonlyMap<string, number>): void {
  const marks = new Uint32Array(order.size);
  for (const [group, names] of groups.entries()) for (const name of names) marks[order.get(name) as number] = group + 1;
  for (const mark of marks) writer.whole(mark);
}

/** Names are read when they are asked for. */
export class PartReader {
  readonly #names: BlockNames;
  readonly #datasets: readonly string[];
  readonly #blocks = new Map<number, { readonly head: BlockNameHead; readonly body: Uint8Array }>();
  readonly #known = new Map<number, readonly string[]>();
  readonly #lists: readonly Uint8Array[];

  constructor(reader: ByteReader, datasets: readonly string[], names: BlockNames, lists: number) {
    this.#names = names;
    this.#datasets = datasets;
    const numbers = readSteps(reader, datasets.length);
    const [uuids, texts, digits] = [reader.nested(), reader.nested(), reader.nested()];
    const [lengths, bodies] = [reader.nested(), reader.nested()];
    for (const number of numbers) {
      const head = { uuids: uuids.whole(), texts: texts.whole(), digits: digits.whole() };
      this.#blocks.set(number, { head, body: bodies.raw(lengths.whole()) });
    }
    this.#lists = Array.from({ length: lists }, () => reader.bytes());
  }

  list(number: number): Uint8Array {
    return this.#lists[number] as Uint8Array;
  }

  /** `list`: a reader of one, at the next part, which is of that dataset. */
  marks(list: ByteReader, dataset: number): readonly number[] {
    const { uuids, texts } = this.#blocksOf(dataset).head;
    const marks: number[] = [];
    for (let left = uuids + texts; left > 0; left--) marks.push(list.whole());
    return marks;
  }

  /** In byte order. */
  blocks(dataset: number, marks: readonly number[], group: number): string[] {
    const names = this.#namesOf(dataset);
    if (names.length !== marks.length) throw damagedRecord('it has not one mark for each block');
    return names.filter((_, i) => marks[i] === group + 1).sort(compareByteOrder);
  }

  #namesOf(dataset: number): readonly string[] {
    const known = this.#known.get(dataset);
    if (known !== undefined) return known;
    const { head, body } = this.#blocksOf(dataset);
    const names = unpackBlockNames(head, body, this.#names(this.#datasets[dataset] as string));
    this.#known.set(dataset, names);
    return names;
  }

  #blocksOf(dataset: number): { readonly head: BlockNameHead; readonly body: Uint8Array } {
    const blocks = this.#blocks.get(dataset);
    if (blocks === undefined) throw damagedRecord('it has no names of blocks where it needs them');
    return blocks;
  }
}
