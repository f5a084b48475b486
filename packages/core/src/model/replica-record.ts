import type { ReplicaOperation } from './enumerations.ts';
import type { GroupName } from './names.ts';
import { plainConstructor } from './plain-constructor.ts';
import type { BlockReplicaKey, BlockReplicaRecord, Partial } from './records.ts';

type Values = [
  names: BlockReplicaKey,
  group: GroupName | null,
  custodial: boolean,
  lastUpdate: number,
  operation: ReplicaOperation,
  partial: Partial | null,
];

/** The record of a block replica, as the inventory makes it. */
export const ReplicaRecord: new (...values: Values) => BlockReplicaRecord = plainConstructor<
  BlockReplicaRecord,
  Values
>(function (names, group, custodial, lastUpdate, operation, partial) {
  this.dataset = names.dataset;
  this.block = names.block;
  this.site = names.site;
  this.group = group;
  this.custodial = custodial;
  this.lastUpdate = lastUpdate;
  this.operation = operation;
  this.partial = partial;
});
