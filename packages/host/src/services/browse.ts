import {
  type BlockReplicaRecord,
  type DatasetRecord,
  type DatasetReplicaView,
  type DatasetView,
  DynamoError,
  type InventoryView,
  type SiteRecord,
  type SiteView,
} from '@dynamo/core';
import { type PlanningApplication, readInventory, type ServiceOptions } from './application.ts';
import { partitionsOfSite, type SitePartitionReport } from './status.ts';

export interface SiteReport extends SiteRecord {
  readonly partitions: readonly SitePartitionReport[];
}

/** Sizes in bytes. */
export interface DatasetSummary extends Omit<DatasetRecord, 'attributes'> {
  readonly size: number;
  readonly files: number;
  readonly blocks: number;
  readonly sites: readonly string[];
}

export interface DatasetReport extends DatasetRecord {
  readonly size: number;
  readonly files: number;
  readonly blocks: readonly { readonly name: string; readonly size: number; readonly files: number }[];
  readonly replicas: readonly DatasetReplicaReport[];
}

export interface DatasetReplicaReport {
  readonly dataset: string;
  readonly site: string;
  readonly group: string | null;
  readonly growing: boolean;
  /** Has every block, all complete, no deletion open. */
  readonly full: boolean;
  readonly size: number;
  readonly blocks: readonly Pick<BlockReplicaRecord, 'block' | 'group' | 'custodial' | 'operation' | 'lastUpdate'>[];
}

type Readable = Pick<PlanningApplication, 'scheduler' | 'inventory'>;

export function listSites(application: Readable, options: ServiceOptions = {}): Promise<readonly SiteReport[]> {
  return readInventory(application, 'sites', options, (view) =>
    [...view.sites()].map((site) => siteReport(view, site)).sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

export function showSite(application: Readable, name: string, options: ServiceOptions = {}): Promise<SiteReport> {
  return readInventory(application, 'site', options, (view) => {
    const site = view.site(name);
    if (site === undefined) throw new DynamoError('not-found', `there is no site ${name}`);
    return siteReport(view, site);
  });
}

export function showDataset(application: Readable, name: string, options: ServiceOptions = {}): Promise<DatasetReport> {
  return readInventory(application, 'dataset', options, (view) => {
    const dataset = view.dataset(name);
    if (dataset === undefined) throw new DynamoError('not-found', `there is no dataset ${name}`);
    return {
      ...dataset.toRecord(),
      size: dataset.size,
      files: dataset.files,
      blocks: [...dataset.blocks()].map((block) => ({ name: block.name, size: block.size, files: block.files })),
      replicas: [...dataset.replicas()].map(replicaReport),
    };
  });
}

function siteReport(view: InventoryView, site: SiteView): SiteReport {
  return { ...site.toRecord(), partitions: partitionsOfSite(view.tables, site.name) };
}

export function summaryOf(dataset: DatasetView): DatasetSummary {
  const { attributes: _, ...record } = dataset.toRecord();
  return {
    ...record,
    size: dataset.size,
    files: dataset.files,
    blocks: [...dataset.blocks()].length,
    sites: [...dataset.replicas()].map((replica) => replica.site.name).sort(),
  };
}

export function replicaReport(replica: DatasetReplicaView): DatasetReplicaReport {
  return {
    dataset: replica.dataset.name,
    site: replica.site.name,
    group: replica.group,
    growing: replica.growing,
    full: replica.isFull,
    size: replica.size,
    blocks: [...replica.blockReplicas()].map((held) => {
      const { block, group, custodial, operation, lastUpdate } = held.toRecord();
      return { block, group, custodial, operation, lastUpdate };
    }),
  };
}
