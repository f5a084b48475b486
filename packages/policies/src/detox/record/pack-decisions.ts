/**
 * The decisions of a run in columns: which dataset (as the step from the one before at the same site), which of the few
 * pairs of decision and line, its bytes where they are not those of the whole dataset, its blocks where it is about a part
 * of a replica.
 */
import { NO_ROW } from '@dynamo/core';
import type { DetoxResult } from '../detox-result.ts';
import { blockNames, listDecisions, type ReplicaDecision } from '../list-decisions.ts';
import { listHandOvers } from '../list-hand-overs.ts';
import { type BlockPart, writeParts } from './block-parts.ts';
import { writeWholes } from './byte-planes.ts';
import { ByteWriter } from './byte-stream.ts';
import type { DatasetTable } from './dataset-table.ts';
import { writeFormat } from './record-format.ts';
import type { DecisionCounts, DecisionKind } from './written-decision.ts';

/** What stands before the columns. */
export interface DecisionHead {
  readonly sites: readonly string[];
  readonly kinds: readonly DecisionKind[];
  /** New owners of what was handed over. */
  readonly owners: readonly string[];
}

/** What the bytes of a decision are. */
export const SIZE = { ofDataset: 0, asBefore: 1, other: 2 } as const;

/** `datasets`: those of the image, by whose numbers all is. */
export function packDecisions(
  result: DetoxResult,
  datasets: DatasetTable,
): { readonly bytes: Uint8Array; readonly counts: DecisionCounts } {
  const { sites } = result.run.image.arrays;
  const numberOf = new Map(datasets.names.map((name, number) => [name, number]));
  const columns = new DecisionColumns(datasets);
  for (const each of listDecisions(result)) columns.add(each, numberOf.get(each.dataset) as number);
  const siteNames = sites.map(({ name }) => name);
  const handOvers = listHandOvers(result);
  const owners = [...new Set(handOvers.map(({ to }) => to))];
  const writer = new ByteWriter();
  writeFormat(writer);
  writer.text(JSON.stringify({ sites: siteNames, kinds: columns.kinds, owners } satisfies DecisionHead));
  columns.write(writer, siteNames);
  writer.whole(handOvers.length);
  for (const { dataset, site, to } of handOvers) {
    writer.whole(sites.findIndex(({ name }) => name === site));
    writer.whole(numberOf.get(dataset) as number);
    writer.whole(owners.indexOf(to));
  }
  const handedOver = handOvers.map(
    ({ dataset, copies }): BlockPart => ({
      dataset: numberOf.get(dataset) as number,
      groups: [blockNames(result.run, copies)],
    }),
  );
  writeParts(writer, [columns.parts, handedOver], (dataset) => blocksOf(result, dataset));
  return { bytes: writer.finish(), counts: columns.counts(siteNames) };
}

class DecisionColumns {
  readonly kinds: DecisionKind[] = [];
  readonly parts: BlockPart[] = [];
  readonly #kindOf = new Map<string, number>();
  readonly #datasets: DatasetTable;
  readonly #steps = new ByteWriter();
  readonly #kinds = new ByteWriter();
  readonly #sizeCodes = new ByteWriter();
  readonly #sizes: number[] = [];
  readonly #lastSize: Float64Array;
  /** By site, of each kind. */
  readonly #counts = new Map<string, number[]>();
  #site = '';
  #dataset = 0;
  #part: BlockPart | undefined;

  constructor(datasets: DatasetTable) {
    this.#datasets = datasets;
    this.#lastSize = new Float64Array(datasets.names.length).fill(Number.NaN);
  }

  add(each: ReplicaDecision, dataset: number): void {
    if (each.site !== this.#site) {
      [this.#site, this.#dataset, this.#part] = [each.site, 0, undefined];
      this.#counts.set(each.site, []);
    }
    const step = dataset - this.#dataset;
    this.#steps.whole(step);
    this.#dataset = dataset;
    const kind = this.#kind(each);
    this.#kinds.whole(kind * 2 + (each.isWhole ? 0 : 1));
    const counts = this.#counts.get(each.site) as number[];
    counts[kind] = (counts[kind] ?? 0) + 1;
    this.#addSize(dataset, each.size);
    if (step > 0) this.#part = undefined;
    if (each.isWhole) return;
    if (this.#part === undefined) {
      this.#part = { dataset, groups: [] };
      this.parts.push(this.#part);
    }
    this.#part.groups.push(each.blocks());
  }

  /** Sites in that order, which is that of the decisions. */
  write(writer: ByteWriter, sites: readonly string[]): void {
    for (const site of sites) writer.whole((this.#counts.get(site) ?? []).reduce((sum, count = 0) => sum + count, 0));
    for (const column of [this.#steps, this.#kinds, this.#sizeCodes]) writer.nested(column);
    writeWholes(writer, this.#sizes);
  }

  counts(sites: readonly string[]): DecisionCounts {
    const found = sites.flatMap((site) => {
      const counts = this.#counts.get(site);
      return counts === undefined ? [] : [{ site, counts: this.kinds.map((_, kind) => counts[kind] ?? 0) }];
    });
    return { kinds: this.kinds, sites: found };
  }

  #kind({ decision, by }: ReplicaDecision): number {
    const key = 'rule' in by ? `${decision} rule ${by.rule}` : `${decision} ${by.line}`;
    const kind = this.#kindOf.get(key) ?? this.kinds.push({ decision, by }) - 1;
    this.#kindOf.set(key, kind);
    return kind;
  }

  #addSize(dataset: number, size: number): void {
    const code = this.#sizeCode(dataset, size);
    this.#sizeCodes.whole(code);
    if (code !== SIZE.other) return;
    this.#lastSize[dataset] = size;
    this.#sizes.push(size);
  }

  #sizeCode(dataset: number, size: number): number {
    if (size === this.#datasets.sizes[dataset]) return SIZE.ofDataset;
    return size === this.#lastSize[dataset] ? SIZE.asBefore : SIZE.other;
  }
}

/** All blocks of a dataset of the image. */
function* blocksOf({ run: { image, view } }: DetoxResult, dataset: number): Generator<string> {
  const { blocks, datasets } = view.tables;
  let row = datasets.firstBlock.get(image.arrays.datasetRow[dataset] as number);
  for (; row !== NO_ROW; row = blocks.nextOfDataset.get(row)) yield blocks.name(row);
}
