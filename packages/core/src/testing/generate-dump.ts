import { printBlock } from '../dump/lines/block-line.ts';
import { printBlockReplica } from '../dump/lines/block-replica-line.ts';
import { printDataset } from '../dump/lines/dataset-line.ts';
import { printDatasetReplica } from '../dump/lines/dataset-replica-line.ts';
import { printFile } from '../dump/lines/file-line.ts';
import { printGroup } from '../dump/lines/group-line.ts';
import { printHeader } from '../dump/lines/header-line.ts';
import { printLock } from '../dump/lines/lock-line.ts';
import { printPartition } from '../dump/lines/partition-line.ts';
import { printQuota } from '../dump/lines/quota-line.ts';
import { printSite } from '../dump/lines/site-line.ts';
import { compareByteOrder } from '../model/byte-order.ts';
import type { Lfn } from '../model/names.ts';
import type { BlockReplicaRecord, FileId, InventoryRecord } from '../model/records.ts';
import type { Version } from '../seams/commit.ts';
import { type GeneratorOptions, generateInventory } from './generate-inventory.ts';

/** The dump of a generated inventory at version 1, in chunks of text; every line ends in a line feed. */
export function* generateDump(options: GeneratorOptions): Generator<string> {
  yield `${printHeader(1 as Version)}\n`;
  const files = new Map<FileId, Lfn>();
  for (const batch of generateInventory(options)) {
    let text = '';
    for (const record of batch) text += `${printRecord(record, files)}\n`;
    yield text;
  }
}

/** `files`: those of the dataset at hand. */
function printRecord({ entity, record }: InventoryRecord, files: Map<FileId, Lfn>): string {
  switch (entity) {
    case 'group':
      return printGroup(record);
    case 'site':
      return printSite(record);
    case 'partition':
      return printPartition(record);
    case 'quota':
      return printQuota(record);
    case 'dataset':
      files.clear();
      return printDataset(record);
    case 'block':
      return printBlock(record);
    case 'file':
      files.set(record.id, record.lfn);
      return printFile(record);
    case 'datasetReplica':
      return printDatasetReplica(record);
    case 'blockReplica':
      return printBlockReplica(record, lfnsOf(record, files));
    case 'lock':
      return printLock(record);
    default:
      return entity satisfies never;
  }
}

function lfnsOf({ partial }: BlockReplicaRecord, files: ReadonlyMap<FileId, Lfn>): readonly Lfn[] | null {
  if (partial?.contents.kind !== 'present') return null;
  return partial.contents.ids.map((id) => files.get(id) as Lfn).sort(compareByteOrder);
}
