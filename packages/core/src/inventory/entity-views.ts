/** The small objects that a view gives out: each a state and a row, good for as long as the view is open. */
import { assert } from '../errors/assert.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import { DATASET_STATUSES, type DatasetStatus, type ReplicaOperation } from '../model/enumerations.ts';
import type { BlockName, DatasetName, GroupName, PartitionName, SiteName } from '../model/names.ts';
import type {
  BlockRecord,
  BlockReplicaRecord,
  DatasetRecord,
  DatasetReplicaRecord,
  PartialContents,
  SiteRecord,
} from '../model/records.ts';
import type { InventoryState } from './inventory-state.ts';
import { RowIterator } from './row-iterator.ts';
import { NO_ROW, REPLICA_FLAG, type ReadColumn } from './tables.ts';
import type {
  BlockReplicaView,
  BlockView,
  DatasetReplicaView,
  DatasetView,
  SitePartitionUsage,
  SiteView,
} from './view.ts';

/** Gives the state for as long as its view is open. */
export interface StateSource {
  readonly state: InventoryState;
}

export class DatasetOfState implements DatasetView {
  readonly #source: StateSource;
  readonly #row: number;

  constructor(source: StateSource, row: number) {
    this.#source = source;
    this.#row = row;
  }

  get name(): DatasetName {
    return this.#rows.name.get(this.#row) as DatasetName;
  }
  get status(): DatasetStatus {
    return DATASET_STATUSES[this.#rows.status.get(this.#row)] as DatasetStatus;
  }
  get dataType(): string | null {
    return this.#rows.dataType.get(this.#row) ?? null;
  }
  get softwareVersion(): string | null {
    return this.#rows.softwareVersion.get(this.#row) ?? null;
  }
  get lastUpdate(): number {
    return this.#rows.lastUpdate.get(this.#row);
  }
  get isOpen(): boolean {
    return this.#rows.isOpen.get(this.#row) === 1;
  }
  get attributes(): DatasetRecord['attributes'] {
    return this.toRecord().attributes;
  }
  get size(): number {
    return this.#rows.size.get(this.#row);
  }
  get files(): number {
    let files = 0;
    for (const block of this.blocks()) files += block.files;
    return files;
  }

  blocks(): Iterable<BlockView> {
    return new BlocksOfDataset(this.#source, this.#rows.firstBlock.get(this.#row));
  }

  block(name: string): BlockView | undefined {
    const row = this.#source.state.blocks.find(this.#row, name);
    return row === NO_ROW ? undefined : new BlockOfState(this.#source, row);
  }

  replicas(): Iterable<DatasetReplicaView> {
    return new ReplicasOfDataset(this.#source, this.#rows.firstReplica.get(this.#row));
  }

  replica(site: string): DatasetReplicaView | undefined {
    const { state } = this.#source;
    const siteRow = state.sites.find(site);
    const row = siteRow === NO_ROW ? NO_ROW : state.datasetReplicas.find(this.#row, siteRow);
    return row === NO_ROW ? undefined : new DatasetReplicaOfState(this.#source, row);
  }

  toRecord(): DatasetRecord {
    return this.#rows.record(this.#row);
  }

  get #rows(): InventoryState['datasets'] {
    return this.#source.state.datasets;
  }
}

class BlockOfState implements BlockView {
  readonly #source: StateSource;
  readonly #row: number;

  constructor(source: StateSource, row: number) {
    this.#source = source;
    this.#row = row;
  }

  get dataset(): DatasetView {
    return new DatasetOfState(this.#source, this.#rows.dataset.get(this.#row));
  }
  get name(): BlockName {
    return this.#rows.name(this.#row) as BlockName;
  }
  get size(): number {
    return this.#rows.size.get(this.#row);
  }
  get files(): number {
    return this.#rows.files.get(this.#row);
  }
  get isOpen(): boolean {
    return this.#rows.isOpen.get(this.#row) === 1;
  }
  get lastUpdate(): number {
    return this.#rows.lastUpdate.get(this.#row);
  }
  get completeCopies(): number {
    return this.#rows.completeCopies.get(this.#row);
  }

  replicas(): Iterable<BlockReplicaView> {
    return new ReplicasOfBlock(this.#source, this.#rows.firstReplica.get(this.#row));
  }

  replica(site: string): BlockReplicaView | undefined {
    const { state } = this.#source;
    const siteRow = state.sites.find(site);
    const row = siteRow === NO_ROW ? NO_ROW : state.blockReplicas.find(this.#row, siteRow);
    return row === NO_ROW ? undefined : new BlockReplicaOfState(this.#source, row);
  }

  toRecord(): BlockRecord {
    return this.#rows.record(this.#row, this.#source.state.datasets);
  }

  get #rows(): InventoryState['blocks'] {
    return this.#source.state.blocks;
  }
}

class BlockReplicaOfState implements BlockReplicaView {
  readonly #source: StateSource;
  readonly #row: number;

  constructor(source: StateSource, row: number) {
    this.#source = source;
    this.#row = row;
  }

  get block(): BlockView {
    return new BlockOfState(this.#source, this.#rows.block.get(this.#row));
  }
  get site(): SiteView {
    return new SiteOfState(this.#source, this.#rows.site.get(this.#row));
  }
  get group(): GroupName | null {
    return this.#source.state.groupName(this.#rows.group.get(this.#row));
  }
  get isComplete(): boolean {
    return this.#rows.isComplete(this.#row);
  }
  get isCustodial(): boolean {
    return (this.#rows.flags.get(this.#row) & REPLICA_FLAG.custodial) !== 0;
  }
  get lastUpdate(): number {
    return this.#rows.lastUpdate.get(this.#row);
  }
  get operation(): ReplicaOperation {
    return this.#rows.operation(this.#row);
  }
  get size(): number {
    return this.#rows.size(this.#row);
  }
  get files(): number {
    return this.#rows.files(this.#row);
  }
  get contents(): PartialContents | null {
    return this.#rows.partial.get(this.#row)?.contents ?? null;
  }

  toRecord(): BlockReplicaRecord {
    return this.#source.state.blockReplicaRecord(this.#row);
  }

  get #rows(): InventoryState['blockReplicas'] {
    return this.#source.state.blockReplicas;
  }
}

class DatasetReplicaOfState implements DatasetReplicaView {
  readonly #source: StateSource;
  readonly #row: number;

  constructor(source: StateSource, row: number) {
    this.#source = source;
    this.#row = row;
  }

  get dataset(): DatasetView {
    return new DatasetOfState(this.#source, this.#rows.dataset.get(this.#row));
  }
  get site(): SiteView {
    return new SiteOfState(this.#source, this.#rows.site.get(this.#row));
  }
  get group(): GroupName | null {
    return this.#source.state.groupName(this.#rows.group.get(this.#row));
  }
  get growing(): boolean {
    return this.#rows.growing.get(this.#row) === 1;
  }

  get isFull(): boolean {
    const { state } = this.#source;
    const siteRow = this.#rows.site.get(this.#row);
    const datasetRow = this.#rows.dataset.get(this.#row);
    let blocks = 0;
    for (
      let row = state.datasets.firstBlock.get(datasetRow);
      row !== NO_ROW;
      row = state.blocks.nextOfDataset.get(row)
    ) {
      const replica = state.blockReplicas.find(row, siteRow);
      if (replica === NO_ROW || !state.blockReplicas.isCopy(replica)) return false;
      blocks += 1;
    }
    return blocks > 0;
  }

  get size(): number {
    let bytes = 0;
    for (const replica of this.blockReplicas()) bytes += replica.size;
    return bytes;
  }

  *blockReplicas(): Generator<BlockReplicaView> {
    const { state } = this.#source;
    const siteRow = this.#rows.site.get(this.#row);
    const first = state.datasets.firstBlock.get(this.#rows.dataset.get(this.#row));
    for (let row = first; row !== NO_ROW; row = state.blocks.nextOfDataset.get(row)) {
      const replica = state.blockReplicas.find(row, siteRow);
      if (replica !== NO_ROW) yield new BlockReplicaOfState(this.#source, replica);
    }
  }

  toRecord(): DatasetReplicaRecord {
    return this.#source.state.datasetReplicaRecord(this.#row);
  }

  get #rows(): InventoryState['datasetReplicas'] {
    return this.#source.state.datasetReplicas;
  }
}

export class SiteOfState implements SiteView {
  readonly #source: StateSource;
  readonly #row: number;

  constructor(source: StateSource, row: number) {
    this.#source = source;
    this.#row = row;
  }

  get name(): SiteName {
    return this.toRecord().name;
  }
  get host(): string | null {
    return this.toRecord().host;
  }
  get storage(): SiteRecord['storage'] {
    return this.toRecord().storage;
  }
  get status(): SiteRecord['status'] {
    return this.toRecord().status;
  }
  get isVerified(): boolean {
    return this.toRecord().verified;
  }

  *blockReplicas(): Generator<BlockReplicaView> {
    const { blockReplicas } = this.#source.state;
    for (let row = 0; row < blockReplicas.rows; row++) {
      if (blockReplicas.isLive(row) && blockReplicas.site.get(row) === this.#row) {
        yield new BlockReplicaOfState(this.#source, row);
      }
    }
  }

  *datasetReplicas(): Generator<DatasetReplicaView> {
    const { datasetReplicas } = this.#source.state;
    for (let row = 0; row < datasetReplicas.rows; row++) {
      if (datasetReplicas.isLive(row) && datasetReplicas.site.get(row) === this.#row) {
        yield new DatasetReplicaOfState(this.#source, row);
      }
    }
  }

  usage(partition: string): SitePartitionUsage {
    const { state } = this.#source;
    const row = state.partitions.find(partition);
    if (row === NO_ROW) throw new DynamoError('not-found', `there is no partition ${partition}`);
    const quota = state.sitePartitions.quota(this.#row, row);
    const physical = state.sitePartitions.physical(this.#row, row);
    const projected = state.sitePartitions.projected(this.#row, row);
    return {
      partition: partition as PartitionName,
      quota,
      physical,
      projected,
      occupancy: occupancyOf(physical, quota),
    };
  }

  toRecord(): SiteRecord {
    const record = this.#source.state.sites.get(this.#row);
    assert(record !== undefined, `site row ${this.#row} is live while a view object of it is used`);
    return record;
  }
}

class BlocksOfDataset extends RowIterator<BlockView> {
  readonly #source: StateSource;
  readonly #next: ReadColumn;

  constructor(source: StateSource, first: number) {
    super(first);
    this.#source = source;
    this.#next = source.state.blocks.nextOfDataset;
  }

  protected after(row: number): number {
    return this.#next.get(row);
  }
  protected at(row: number): BlockView {
    return new BlockOfState(this.#source, row);
  }
}

class ReplicasOfDataset extends RowIterator<DatasetReplicaView> {
  readonly #source: StateSource;
  readonly #next: ReadColumn;

  constructor(source: StateSource, first: number) {
    super(first);
    this.#source = source;
    this.#next = source.state.datasetReplicas.nextOfDataset;
  }

  protected after(row: number): number {
    return this.#next.get(row);
  }
  protected at(row: number): DatasetReplicaView {
    return new DatasetReplicaOfState(this.#source, row);
  }
}

class ReplicasOfBlock extends RowIterator<BlockReplicaView> {
  readonly #source: StateSource;
  readonly #next: ReadColumn;

  constructor(source: StateSource, first: number) {
    super(first);
    this.#source = source;
    this.#next = source.state.blockReplicas.nextOfBlock;
  }

  protected after(row: number): number {
    return this.#next.get(row);
  }
  protected at(row: number): BlockReplicaView {
    return new BlockReplicaOfState(this.#source, row);
  }
}

/** physical / quota; infinitely full where the quota is 0 or was never stated, empty where it is unlimited. */
export function occupancyOf(physical: number, quota: number | null): number {
  if (quota === null || quota === 0) return Number.POSITIVE_INFINITY;
  return quota < 0 ? 0 : physical / quota;
}
