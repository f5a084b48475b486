/** A state that is being read from a store: records, and block replicas as columns. */
import { DynamoError } from '../errors/dynamo-error.ts';
import { REPLICA_OPERATIONS } from '../model/enumerations.ts';
import type { InventoryRecord } from '../model/records.ts';
import type { ReplicaColumns } from '../seams/inventory-store.ts';
import { InventoryState } from './inventory-state.ts';
import { loadRecord } from './load-record.ts';
import { REPLICA_FLAG } from './tables.ts';

/** Flags of replicas by their place in `REPLICA_OPERATIONS`. */
const OPERATION_FLAGS = REPLICA_OPERATIONS.map((operation) => {
  if (operation === 'none') return 0;
  return operation === 'copy' ? REPLICA_FLAG.copyOpen : REPLICA_FLAG.deletionOpen;
});

export class LoadingState {
  readonly state: InventoryState = InventoryState.empty();
  /** Rows, in the order in which they came: columns speak of them by that. */
  readonly #blocks: number[] = [];
  readonly #sites: number[] = [];
  /** The first is the null group. */
  readonly #groups: number[] = [0];

  add(item: InventoryRecord): void {
    const { state } = this;
    const row = loadRecord(state, item);
    if (item.entity === 'block') this.#blocks.push(row);
    else if (item.entity === 'site') this.#sites.push(state.sites.find(item.record.name));
    else if (item.entity === 'group') this.#groups.push(state.groups.find(item.record.name));
  }

  addReplicas(columns: ReplicaColumns): void {
    const { blockReplicas, membership } = this.state;
    const { length, block, site, group, lastUpdate, custodial, operation } = columns;
    for (let i = 0; i < length; i += 1) {
      const blockRow = this.#blocks[block[i] as number];
      const siteRow = this.#sites[site[i] as number];
      const groupRow = this.#groups[group[i] as number];
      const operationFlags = OPERATION_FLAGS[operation[i] as number];
      if (blockRow === undefined || siteRow === undefined || groupRow === undefined || operationFlags === undefined) {
        throw new DynamoError('corrupt', 'a block replica does not fit the records before it', {
          data: { block: block[i], site: site[i], group: group[i] },
        });
      }
      const row = blockReplicas.insert(blockRow, siteRow, {
        groupRow,
        lastUpdate: lastUpdate[i] as number,
        flags: (custodial[i] === 1 ? REPLICA_FLAG.custodial : 0) | operationFlags,
        partial: undefined,
      });
      membership.extend(row);
    }
  }
}
