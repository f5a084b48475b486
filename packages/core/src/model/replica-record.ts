import type { ReplicaOperation } from './enumerations.ts';
import type { BlockName, DatasetName, GroupName, SiteName } from './names.ts';
import type { BlockReplicaKey, BlockReplicaRecord, Partial } from './records.ts';

/**
 * The record of a block replica, as the inventory makes it: its properties are its own, and nothing else is in it.
 *
 * A class, since an engine watches literals: where those of one place have survived for a while, as in the first large
 * commits, it makes all later ones among its old objects, and those lie there until all of the heap is looked through.
 */
export class ReplicaRecord implements BlockReplicaRecord {
  readonly dataset: DatasetName;
  readonly block: BlockName;
  readonly site: SiteName;
  readonly group: GroupName | null;
  readonly custodial: boolean;
  readonly lastUpdate: number;
  readonly operation: ReplicaOperation;
  readonly partial: Partial | null;

  constructor(
    { dataset, block, site }: BlockReplicaKey,
    group: GroupName | null,
    custodial: boolean,
    lastUpdate: number,
    operation: ReplicaOperation,
    partial: Partial | null,
  ) {
    this.dataset = dataset;
    this.block = block;
    this.site = site;
    this.group = group;
    this.custodial = custodial;
    this.lastUpdate = lastUpdate;
    this.operation = operation;
    this.partial = partial;
  }
}
