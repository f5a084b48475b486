/**
 * Writes the dump of a view, in an order that depends on its content alone: types in the order in which lines may name
 * one another, and within each type names in byte order; operations, locks and rules, which have no names, by number. Reading
 * it back and writing that gives the same bytes.
 */
import { joinKey } from '../change-set/record-key.ts';
import { throwIfAborted } from '../errors/aborted-error.ts';
import { assert } from '../errors/assert.ts';
import type { BlockView, DatasetView, InventoryView } from '../inventory/view.ts';
import { compareByteOrder } from '../model/byte-order.ts';
import type { Lfn, PartitionName } from '../model/names.ts';
import type { OperationRecord } from '../model/operation.ts';
import type { BlockReplicaRecord, FileRecord, PartitionRecord } from '../model/records.ts';
import type { RuleRecord } from '../model/request.ts';
import type { FileCatalogue } from '../seams/file-catalogue.ts';
import { printBlock } from './lines/block-line.ts';
import { printBlockReplica } from './lines/block-replica-line.ts';
import { printDataset } from './lines/dataset-line.ts';
import { printDatasetReplica } from './lines/dataset-replica-line.ts';
import { printFile } from './lines/file-line.ts';
import { printGroup } from './lines/group-line.ts';
import { printHeader } from './lines/header-line.ts';
import { printLock } from './lines/lock-line.ts';
import { printOperation } from './lines/operation-line.ts';
import { printPartition } from './lines/partition-line.ts';
import { printQuota } from './lines/quota-line.ts';
import { printRule } from './lines/rule-line.ts';
import { printSite } from './lines/site-line.ts';

const CHUNK_CHARACTERS = 64 * 1024;

export interface WriteDumpOptions {
  /** Where the files are; null: no file lines, and what partial replicas hold is given in numbers alone. */
  readonly files: FileCatalogue | null;
  /** The open ones, ascending by id; every open operation of the view's block replicas is among them. */
  readonly operations: Iterable<OperationRecord> | AsyncIterable<OperationRecord>;
  /** Those of users that are in force, ascending by number. Default: none. */
  readonly rules?: readonly RuleRecord[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The lines of the dump in UTF-8, in chunks of some 64 KiB. The view has to stay open until the end. */
export async function* writeDump(view: InventoryView, options: WriteDumpOptions): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  for await (const lines of sectionsOf(view, options)) {
    for (const line of lines) {
      text += `${line}\n`;
      if (text.length < CHUNK_CHARACTERS) continue;
      throwIfAborted('writing the dump', options.signal);
      yield encoder.encode(text);
      text = '';
    }
  }
  if (text !== '') yield encoder.encode(text);
}

async function* sectionsOf(
  view: InventoryView,
  { files, operations, rules = [] }: WriteDumpOptions,
): AsyncGenerator<Iterable<string>> {
  const datasets = sortedNames(view.datasets());
  yield smallSections(view);
  yield datasetLines(view, datasets);
  yield blockLines(view, datasets);
  if (files !== null) yield* fileLines(view, datasets, files);
  yield datasetReplicaLines(view, datasets);
  yield* blockReplicaLines(view, datasets, files);
  for await (const operation of operations) yield [printOperation(operation)];
  yield [...view.locks()].sort((a, b) => a.id - b.id).map(printLock);
  yield rules.map(printRule);
}

function* smallSections(view: InventoryView): Generator<string> {
  yield printHeader(view.version);
  for (const group of byName(view.groups())) yield printGroup(group);
  const sites = byName(view.sites());
  for (const site of sites) yield printSite(site.toRecord());
  const partitions = byName(view.partitions());
  for (const partition of partsFirst(partitions)) yield printPartition(partition);
  for (const site of sites) {
    for (const partition of partitions) {
      const quota = view.record('quota', joinKey(site.name, partition.name));
      if (quota !== null) yield printQuota(quota);
    }
  }
}

function* datasetLines(view: InventoryView, datasets: readonly string[]): Generator<string> {
  for (const name of datasets) yield printDataset(datasetOf(view, name).toRecord());
}

function* blockLines(view: InventoryView, datasets: readonly string[]): Generator<string> {
  for (const name of datasets) {
    for (const block of byName(datasetOf(view, name).blocks())) yield printBlock(block.toRecord());
  }
}

async function* fileLines(
  view: InventoryView,
  datasets: readonly string[],
  catalogue: FileCatalogue,
): AsyncGenerator<Iterable<string>> {
  for (const name of datasets) {
    for (const block of byName(datasetOf(view, name).blocks())) {
      const files = await filesOf(view, block, catalogue);
      files.sort((a, b) => compareByteOrder(a.lfn, b.lfn));
      yield files.map(printFile);
    }
  }
}

function* datasetReplicaLines(view: InventoryView, datasets: readonly string[]): Generator<string> {
  for (const name of datasets) {
    for (const replica of bySite(datasetOf(view, name).replicas())) yield printDatasetReplica(replica.toRecord());
  }
}

async function* blockReplicaLines(
  view: InventoryView,
  datasets: readonly string[],
  catalogue: FileCatalogue | null,
): AsyncGenerator<Iterable<string>> {
  for (const name of datasets) {
    const lines: string[] = [];
    for (const block of byName(datasetOf(view, name).blocks())) {
      const replicas = bySite(block.replicas()).map((replica) => replica.toRecord());
      const needsFiles = replicas.some(({ partial }) => partial !== null && partial.contents.kind !== 'unknown');
      const files = needsFiles && catalogue !== null ? await filesOf(view, block, catalogue) : [];
      for (const replica of replicas) lines.push(printBlockReplica(replica, lfnsOf(replica, files)));
    }
    yield lines;
  }
}

/** The files that a partial replica has, in byte order; null where they are not known, or their names are not. */
function lfnsOf({ partial }: BlockReplicaRecord, files: readonly FileRecord[]): readonly Lfn[] | null {
  if (partial === null || partial.contents.kind === 'unknown') return null;
  const { kind, ids } = partial.contents;
  const listed = new Set<number>(ids);
  const present = files.filter(({ id }) => listed.has(id) === (kind === 'present'));
  if (present.length !== partial.files) return null;
  return present.map(({ lfn }) => lfn).sort(compareByteOrder);
}

async function filesOf(view: InventoryView, block: BlockView, catalogue: FileCatalogue): Promise<FileRecord[]> {
  const files: FileRecord[] = [];
  const batches = catalogue.filesOfBlock(block.dataset.name, block.name, { at: view.version });
  for await (const batch of batches) for (const file of batch) files.push(file);
  return files;
}

/** A union after its parts, which may be unions too; else in the given order. */
function partsFirst(partitions: readonly PartitionRecord[]): readonly PartitionRecord[] {
  const records = new Map<PartitionName, PartitionRecord>(partitions.map((record) => [record.name, record]));
  const ordered = new Set<PartitionRecord>();
  const add = (record: PartitionRecord): void => {
    if ('parts' in record) for (const part of record.parts) add(records.get(part) as PartitionRecord);
    ordered.add(record);
  };
  for (const record of partitions) add(record);
  return [...ordered];
}

function datasetOf(view: InventoryView, name: string): DatasetView {
  const dataset = view.dataset(name);
  assert(dataset !== undefined, `dataset ${name} is in its own view`);
  return dataset;
}

function sortedNames(named: Iterable<{ readonly name: string }>): readonly string[] {
  return Array.from(named, ({ name }) => name).sort(compareByteOrder);
}

function byName<T extends { readonly name: string }>(named: Iterable<T>): T[] {
  return [...named].sort((a, b) => compareByteOrder(a.name, b.name));
}

function bySite<T extends { readonly site: { readonly name: string } }>(replicas: Iterable<T>): T[] {
  return [...replicas].sort((a, b) => compareByteOrder(a.site.name, b.site.name));
}
