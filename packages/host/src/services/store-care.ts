/** Looking after the store: is it consistent, does memory agree with it, what may be forgotten. */
import {
  DynamoError,
  type Entity,
  type EntityRecords,
  type InventoryRecord,
  type InventoryView,
  keyOf,
  sameRecord,
  TimeSlice,
  throwIfAborted,
} from '@dynamo/core';
import { checkedStore, type StoreReport } from '../store/check-store.ts';
import { type Forgotten, maintenanceOf, type StoreMaintenance } from '../store/maintenance.ts';
import type { Application, ServiceOptions } from './application.ts';

export interface StoreVerification {
  readonly version: number;
  /** Compared, of all kinds but files. */
  readonly records: number;
  /** What memory has otherwise, or does not have, or has and the store does not: the first of them. */
  readonly differences: readonly string[];
  readonly count: number;
}

const SHOWN = 20;
const DAY_SECONDS = 86_400;

type Cared = Pick<Application, 'store' | 'inventory' | 'configuration' | 'clock'>;

/** Whether the tables agree with one another and with the log. */
export async function checkStore({ store }: Cared, { signal }: ServiceOptions = {}): Promise<StoreReport> {
  return checkedStore(store).check(signal === undefined ? {} : { signal });
}

/** Forgets what is older than the configuration keeps. */
export function compactStore(application: Cared, { signal }: ServiceOptions = {}): Promise<Forgotten> {
  const { logDays, operationDays, historyDays } = application.configuration.retention;
  const now = application.clock.nowSeconds();
  const before = {
    log: now - logDays * DAY_SECONDS,
    operations: now - operationDays * DAY_SECONDS,
    history: now - historyDays * DAY_SECONDS,
  };
  return maintenance(application).forget(before, signal === undefined ? {} : { signal });
}

/** Compares memory with the database, record by record, at one version; others go on committing. */
export async function verifyStore(
  { store, inventory }: Cared,
  { signal }: ServiceOptions = {},
): Promise<StoreVerification> {
  const { head, records } = await store.inventory.load(signal === undefined ? {} : { signal });
  using view = await viewOf(inventory, head.version, signal);
  const differences: string[] = [];
  const counts = new Map<Entity, number>();
  const slice = new TimeSlice();
  for await (const batch of records) {
    throwIfAborted('verifying the store', signal);
    for (const [i, item] of batch.entries()) {
      // A database in a thread has the next batch ready all the time.
      if (slice.isOverAt(i)) await slice.next();
      compare(view, item, differences);
      counts.set(item.entity, (counts.get(item.entity) ?? 0) + 1);
    }
  }
  for (const [entity, count] of countsOf(view)) {
    if (slice.isOver) await slice.next();
    const stored = counts.get(entity) ?? 0;
    if (stored !== count) differences.push(`${entity}: memory has ${count}, the store ${stored}`);
  }
  const compared = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return {
    version: head.version,
    records: compared,
    differences: differences.slice(0, SHOWN),
    count: differences.length,
  };
}

/** What is being loaded may be a moment ahead of a server that follows. */
async function viewOf(
  inventory: Application['inventory'],
  version: InventoryView['version'],
  signal: AbortSignal | undefined,
): Promise<InventoryView> {
  const options = signal === undefined ? {} : { signal };
  if (inventory.version < version) await inventory.catchUp(options);
  return inventory.viewAt(version, options);
}

function compare(view: InventoryView, { entity, record }: InventoryRecord, differences: string[]): void {
  const key = keyOf(entity, record as EntityRecords[typeof entity]);
  const present = view.record(entity, key);
  if (sameRecord(present, record)) return;
  const what = present === null ? 'memory does not have it' : `memory has ${JSON.stringify(present)}`;
  differences.push(`${entity} ${key.replaceAll('\t', ' ')}: ${what}, the store ${JSON.stringify(record)}`);
}

function* countsOf(view: InventoryView): Generator<[Entity, number]> {
  const { datasets, blocks, datasetReplicas, blockReplicas } = view.tables;
  const live = { dataset: datasets, block: blocks, datasetReplica: datasetReplicas, blockReplica: blockReplicas };
  for (const [entity, table] of Object.entries(live)) {
    let count = 0;
    for (let row = 0; row < table.rows; row++) if (table.isLive(row)) count += 1;
    yield [entity as Entity, count];
  }
  yield ['site', [...view.sites()].length];
  yield ['group', [...view.groups()].length];
  yield ['partition', [...view.partitions()].length];
  yield ['lock', [...view.locks()].length];
}

function maintenance({ store }: Cared): StoreMaintenance {
  const found = maintenanceOf(store);
  if (found === null)
    throw new DynamoError('refused', 'this store is not in a database: there is nothing to look after');
  return found;
}
