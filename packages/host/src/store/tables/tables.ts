import type { Entity } from '@dynamo/core';
import { blockReplicaTable } from './block-replica-table.ts';
import { blockTable } from './block-table.ts';
import { datasetReplicaTable } from './dataset-replica-table.ts';
import { datasetTable } from './dataset-table.ts';
import type { EntityTable } from './entity-table.ts';
import { fileTable } from './file-table.ts';
import { groupTable } from './group-table.ts';
import { lockTable } from './lock-table.ts';
import { partitionTable } from './partition-table.ts';
import { quotaTable } from './quota-table.ts';
import { siteTable } from './site-table.ts';

export const TABLES: { readonly [E in Entity]: EntityTable<E> } = {
  group: groupTable,
  site: siteTable,
  partition: partitionTable,
  quota: quotaTable,
  dataset: datasetTable,
  block: blockTable,
  file: fileTable,
  datasetReplica: datasetReplicaTable,
  blockReplica: blockReplicaTable,
  lock: lockTable,
};
