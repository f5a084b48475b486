import type { ReplicaOperation } from './enumerations.ts';
import type { GroupName } from './names.ts';
import { plainConstructor, type Writable } from './plain-constructor.ts';
import type { BlockReplicaKey, BlockReplicaRecord, Partial } from './records.ts';

/**
 * The record of a block replica, as the inventory makes it: a plain object.
 *
 * By a constructor, since an engine watches literals: where those of one place have survived for a while, as in the first
 * large commits, it makes all later ones among its old objects, and those lie there until all of the heap is looked through.
 */
export const ReplicaRecord: new (
  names: BlockReplicaKey,
  group: GroupName | null,
  custodial: boolean,
  lastUpdate: number,
  operation: ReplicaOperation,
  partial: Partial | null,
) => BlockReplicaRecord = plainConstructor(function (
  this: Writable<BlockReplicaRecord>,
  names: BlockReplicaKey,
  group: GroupName | null,
  custodial: boolean,
  lastUpdate: number,
  operation: ReplicaOperation,
  partial: Partial | null,
) {
  this.dataset = names.dataset;
  this.block = names.block;
  this.site = names.site;
  this.group = group;
  this.custodial = custodial;
  this.lastUpdate = lastUpdate;
  this.operation = operation;
  this.partial = partial;
});
