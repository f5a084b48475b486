import type { GroupRecord, PartitionRecord, QuotaRecord, SiteRecord } from '../model/records.ts';
import type { BlockReplicaRows } from './rows/block-replica-rows.ts';
import type { BlockRows } from './rows/block-rows.ts';
import type { DatasetRows } from './rows/dataset-rows.ts';
import type { SmallRows } from './rows/small-rows.ts';

/** The part of a state that decides which partitions a block replica is in. */
export interface StateTables {
  readonly groups: SmallRows<GroupRecord>;
  readonly sites: SmallRows<SiteRecord>;
  readonly partitions: SmallRows<PartitionRecord>;
  readonly datasets: DatasetRows;
  readonly blocks: BlockRows;
  readonly blockReplicas: BlockReplicaRows;
  quotaOf(site: string, partition: string): QuotaRecord | undefined;
}
