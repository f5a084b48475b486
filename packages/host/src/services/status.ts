import {
  type CycleSummary,
  type InventoryTables,
  type InventoryView,
  NO_ROW,
  type OperationState,
  occupancyOf,
  type RuleRecord,
  type SiteStatus,
  type StorageType,
  type Version,
} from '@dynamo/core';
import { type Application, readInventory, type ServiceOptions } from './application.ts';
import { isRule } from './rules-in-force.ts';

export interface StatusReport {
  readonly version: Version;
  readonly counts: {
    readonly sites: number;
    readonly groups: number;
    readonly partitions: number;
    readonly datasets: number;
    readonly blocks: number;
    readonly blockReplicas: number;
    readonly locks: number;
  };
  readonly sites: readonly SiteStatusReport[];
  /** Site partitions that hold something or have a quota. */
  readonly sitePartitions: readonly SitePartitionReport[];
  /** Open ones. */
  readonly operations: Readonly<Record<OperationState, number>>;
  /** Those that are done once. */
  readonly requests: { readonly new: number; readonly active: number };
  /** Users' rules that stand, by their state at the last Dealer cycle; `new`: none has looked at them. */
  readonly rules: {
    readonly new: number;
    readonly satisfied: number;
    readonly onTheWay: number;
    readonly stuck: number;
  };
  /** The last few, newest first. */
  readonly cycles: readonly CycleSummary[];
}

export interface SiteStatusReport {
  readonly site: string;
  readonly storage: StorageType;
  readonly status: SiteStatus;
  readonly verified: boolean;
}

/** Bytes. */
export interface SitePartitionReport {
  readonly site: string;
  readonly partition: string;
  readonly quota: number | null;
  readonly physical: number;
  readonly projected: number;
  /** Null: infinitely full (a quota of 0, or none stated). */
  readonly occupancy: number | null;
}

const CYCLES_SHOWN = 5;

export async function status(application: Application, options: ServiceOptions = {}): Promise<StatusReport> {
  const { store } = application;
  const [inventory, operations, fresh, active, cycles] = await Promise.all([
    readInventory(application, 'status', options, inventoryStatus),
    store.operations.counts(),
    store.requests.list({ state: 'new' }),
    store.requests.list({ state: 'active' }),
    store.history.cycles({ limit: CYCLES_SHOWN }),
  ]);
  return {
    ...inventory,
    operations,
    requests: {
      new: fresh.filter((each) => !isRule(each)).length,
      active: active.filter((each) => !isRule(each)).length,
    },
    rules: countRules([...fresh, ...active].filter(isRule)),
    cycles,
  };
}

/** The part of it that an inventory knows by itself. */
function inventoryStatus(view: InventoryView): Pick<StatusReport, 'version' | 'counts' | 'sites' | 'sitePartitions'> {
  const { tables } = view;
  return {
    version: view.version,
    counts: {
      sites: countOf(view.sites()),
      groups: countOf(view.groups()),
      partitions: countOf(view.partitions()),
      datasets: liveRows(tables.datasets),
      blocks: liveRows(tables.blocks),
      blockReplicas: liveRows(tables.blockReplicas),
      locks: countOf(view.locks()),
    },
    sites: [...view.sites()]
      .map(({ name, storage, status, isVerified }) => ({ site: name, storage, status, verified: isVerified }))
      .sort((a, b) => (a.site < b.site ? -1 : 1)),
    sitePartitions: sitePartitions(tables),
  };
}

function sitePartitions(tables: InventoryTables): readonly SitePartitionReport[] {
  const found: SitePartitionReport[] = [];
  for (let row = 0; row < tables.sites.rows; row += 1) {
    const site = tables.sites.get(row)?.name;
    if (site !== undefined) found.push(...partitionsOfSite(tables, site));
  }
  return found.sort((a, b) => compare(a.site, b.site));
}

/** The partitions of which the site holds something or has a quota, in the order of their names. */
export function partitionsOfSite(
  { sites, partitions, sitePartitions: sums }: InventoryTables,
  site: string,
): readonly SitePartitionReport[] {
  const siteRow = sites.find(site);
  const found: SitePartitionReport[] = [];
  for (let row = 0; row < partitions.rows; row += 1) {
    const partition = partitions.get(row)?.name;
    if (partition === undefined) continue;
    const quota = sums.quota(siteRow, row);
    const [physical, projected] = [sums.physical(siteRow, row), sums.projected(siteRow, row)];
    if (quota === null && physical === 0 && projected === 0) continue;
    const share = occupancyOf(physical, quota);
    const occupancy = Number.isFinite(share) ? share : null;
    found.push({ site, partition, quota, physical, projected, occupancy });
  }
  return found.sort((a, b) => compare(a.partition, b.partition));
}

function countRules(rules: readonly RuleRecord[]): StatusReport['rules'] {
  const count = (state: string | undefined): number => rules.filter(({ progress }) => progress?.state === state).length;
  return {
    new: count(undefined),
    satisfied: count('satisfied'),
    onTheWay: count('on the way'),
    stuck: count('stuck'),
  };
}

function liveRows(table: { readonly rows: number; isLive(row: number): boolean }): number {
  let live = 0;
  for (let row = 0; row < table.rows && row !== NO_ROW; row += 1) if (table.isLive(row)) live += 1;
  return live;
}

function countOf(items: Iterable<unknown>): number {
  let count = 0;
  for (const _ of items) count += 1;
  return count;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
