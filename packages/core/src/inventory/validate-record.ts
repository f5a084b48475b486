/** What a record must be whatever brought it: the limits of the model, and references to what exists. */

import { joinKey } from '../change-set/record-key.ts';
import { inputError } from '../errors/input-error.ts';
import type { BlockRecord, BlockReplicaRecord, Entity, EntityRecords, PartitionRecord } from '../model/records.ts';
import { checkPartition } from '../partition/compile-partitions.ts';
import type { InventoryState } from './inventory-state.ts';
import { NO_ROW } from './tables.ts';

/** 2^32 - 1 seconds: the year 2106, and the largest that a replica's column holds. */
export const MAX_TIME: number = 2 ** 32 - 1;

/** Throws `invalid-input` that names the record, what is wrong, and what to do. */
export function validateRecord<E extends Exclude<Entity, 'file'>>(
  state: InventoryState,
  entity: E,
  record: EntityRecords[E],
): void {
  const check = CHECKS[entity] as (state: InventoryState, record: EntityRecords[E]) => void;
  check(state, record);
}

const CHECKS: {
  readonly [E in Exclude<Entity, 'file'>]: (state: InventoryState, record: EntityRecords[E]) => void;
} = {
  group: () => {},
  site: () => {},
  partition: checkPartitionRecord,
  quota(state, record) {
    const what = `the quota of ${record.partition} at ${record.site}`;
    requireSite(state, record.site, what);
    const partition = state.partitions.get(state.partitions.find(record.partition));
    if (partition === undefined) throw refuse(what, `there is no partition ${record.partition}`);
    if ('parts' in partition) throw refuse(what, `${record.partition} is a union: its quota is the sum of its parts'`);
    if (!Number.isSafeInteger(record.bytes)) throw refuse(what, `${record.bytes} is not a whole number of bytes`);
    if (record.bytes < 0 && isPart(state, record.partition)) {
      throw refuse(what, `it is part of a union, whose quota is a sum: it cannot be negative (unlimited)`);
    }
  },
  dataset(_state, record) {
    requireTime(record.lastUpdate, `dataset ${record.name}`);
  },
  block(state, record) {
    const what = `block ${record.name} of ${record.dataset}`;
    if (state.datasets.find(record.dataset) === NO_ROW) throw refuse(what, 'there is no such dataset');
    requireTime(record.lastUpdate, what);
    requireCount(record.size, `${what}: size`);
    requireCount(record.files, `${what}: files`);
    if (record.files > MAX_TIME) throw refuse(what, 'a block has at most 2^32 - 1 files');
    requireSameTotals(state, record, what);
  },
  datasetReplica(state, record) {
    const what = `the replica of ${record.dataset} at ${record.site}`;
    if (state.datasets.find(record.dataset) === NO_ROW) throw refuse(what, 'there is no such dataset');
    requireSite(state, record.site, what);
    requireGroup(state, record.group, what);
  },
  blockReplica: checkBlockReplica,
  lock(_state, record) {
    if (record.dataset === '') throw refuse(`lock ${record.id}`, 'it names no dataset (write * for all)');
    if (record.expires !== null) requireTime(record.expires, `lock ${record.id}`);
  },
};

function checkPartitionRecord(state: InventoryState, record: PartitionRecord): void {
  if ('condition' in record) {
    checkPartition(record.name, record.condition);
    return;
  }
  const what = `partition ${record.name}`;
  if (record.parts.length === 0) throw refuse(what, 'a union has at least one part');
  const pending: string[] = [...record.parts];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === record.name) throw refuse(what, 'it is a part of itself');
    const found = state.partitions.get(state.partitions.find(part));
    if (found === undefined) throw refuse(what, `there is no partition ${part}`);
    if ('parts' in found) pending.push(...found.parts);
  }
  for (const quota of state.quotas.values()) {
    if (quota.partition === record.name) throw refuse(what, 'it has quotas of its own, which a union cannot have');
    if (quota.bytes < 0 && record.parts.includes(quota.partition)) {
      throw refuse(what, `its part ${quota.partition} has a negative quota at ${quota.site}`);
    }
  }
}

function checkBlockReplica(state: InventoryState, record: BlockReplicaRecord): void {
  const why = faultOfBlockReplica(state, record);
  if (why === null) return;
  throw refuse(`the replica of block ${record.block} of ${record.dataset} at ${record.site}`, why);
}

/** Null where there is none. There are many, so that nothing is put into words before one is found. */
function faultOfBlockReplica(state: InventoryState, record: BlockReplicaRecord): string | null {
  const blockRow = state.blockRow(record.dataset, record.block);
  if (blockRow === NO_ROW) return 'there is no such block';
  if (state.sites.find(record.site) === NO_ROW) return `there is no site ${record.site}`;
  if (record.group !== null && state.groups.find(record.group) === NO_ROW) return `there is no group ${record.group}`;
  if (!isTime(record.lastUpdate)) return notATime(record.lastUpdate);
  const { partial } = record;
  if (partial === null) return null;
  if (!isCount(partial.size)) return `size: ${notACount(partial.size)}`;
  if (!isCount(partial.files)) return `files: ${notACount(partial.files)}`;
  const isMore = partial.files > state.blocks.files.get(blockRow) || partial.size > state.blocks.size.get(blockRow);
  return isMore ? 'it has more than its block' : null;
}

function requireSameTotals(state: InventoryState, record: BlockRecord, what: string): void {
  const present = state.get('block', joinKey(record.dataset, record.name)) as BlockRecord | null;
  if (present !== null && (present.size !== record.size || present.files !== record.files)) {
    throw refuse(what, 'its size and files follow from its files: add or remove those');
  }
}

function isPart(state: InventoryState, partition: string): boolean {
  for (const record of state.partitions.values()) {
    if ('parts' in record && (record.parts as readonly string[]).includes(partition)) return true;
  }
  return false;
}

function requireSite(state: InventoryState, site: string, what: string): void {
  if (state.sites.find(site) === NO_ROW) throw refuse(what, `there is no site ${site}`);
}

function requireGroup(state: InventoryState, group: string | null, what: string): void {
  if (group !== null && state.groups.find(group) === NO_ROW) throw refuse(what, `there is no group ${group}`);
}

function requireTime(seconds: number, what: string): void {
  if (!isTime(seconds)) throw refuse(what, notATime(seconds));
}

function requireCount(value: number, what: string): void {
  if (!isCount(value)) throw refuse(what, notACount(value));
}

function isTime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_TIME;
}

function notATime(seconds: number): string {
  return `${seconds} is not a time in whole seconds since 1970, up to 2106`;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function notACount(value: number): string {
  return `${value} is not a whole number from 0 to 2^53 - 1`;
}

function refuse(what: string, why: string): Error {
  return inputError({ what: `${what}: ${why}` });
}
