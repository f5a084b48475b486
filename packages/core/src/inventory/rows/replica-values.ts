import type { BlockReplicaRecord, Partial as PartialReplica } from '../../model/records.ts';
import { REPLICA_FLAG } from '../tables.ts';

/** What is stored of a block replica, in codes. */
export interface ReplicaValues {
  readonly groupRow: number;
  readonly lastUpdate: number;
  readonly flags: number;
  readonly partial: PartialReplica | undefined;
}

/** Those of one record after the other: a large commit would feel the cost of an object for each. */
export class ValuesOfRecord implements ReplicaValues {
  groupRow = 0;
  lastUpdate = 0;
  flags = 0;
  partial: PartialReplica | undefined = undefined;

  /** Good until it is called again. */
  take({ lastUpdate, custodial, operation, partial }: BlockReplicaRecord, groupRow: number): this {
    this.groupRow = groupRow;
    this.lastUpdate = lastUpdate;
    this.flags =
      (custodial ? REPLICA_FLAG.custodial : 0) |
      (partial === null ? 0 : REPLICA_FLAG.partial) |
      (operation === 'copy' ? REPLICA_FLAG.copyOpen : 0) |
      (operation === 'delete' ? REPLICA_FLAG.deletionOpen : 0);
    this.partial = partial ?? undefined;
    return this;
  }
}
