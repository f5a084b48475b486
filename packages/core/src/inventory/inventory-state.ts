/**
 * Everything that a version is: the rows of every entity, with the counters kept over them. A version's state is never
 * written; a draft writes a fork of it.
 *
 * Kept true by every write: complete copies per block, bytes and number of blocks per dataset, partition membership per
 * block replica, bytes per site partition.
 */
import type { Change, ChangeTarget } from '../change-set/change-set.ts';
import { joinKey, splitKey } from '../change-set/record-key.ts';
import type { TableSource } from '../columns/column.ts';
import { Stamp } from '../columns/stamp.ts';
import { ImageReader, ImageWriter, type StateImage } from '../columns/state-image.ts';
import { assert } from '../errors/assert.ts';
import type { BlockName, DatasetName, GroupName } from '../model/names.ts';
import type {
  BlockRecord,
  BlockReplicaKey,
  BlockReplicaRecord,
  DatasetRecord,
  DatasetReplicaRecord,
  Entity,
  EntityRecords,
  GroupRecord,
  LockRecord,
  PartitionRecord,
  QuotaRecord,
  SiteRecord,
} from '../model/records.ts';
import { ReplicaRecord } from '../model/replica-record.ts';
import type { Counters } from '../seams/commit.ts';
import { Membership } from './membership.ts';
import { partSource } from './part-source.ts';
import { RecordsTogether } from './records-together.ts';
import { RowFinder } from './row-finder.ts';
import { BlockReplicaRows } from './rows/block-replica-rows.ts';
import { BlockRows } from './rows/block-rows.ts';
import { CopiedMap } from './rows/copied-map.ts';
import { DatasetReplicaRows } from './rows/dataset-replica-rows.ts';
import { DatasetRows } from './rows/dataset-rows.ts';
import { type ReplicaValues, ValuesOfRecord } from './rows/replica-values.ts';
import { SmallRows } from './rows/small-rows.ts';
import { type InventoryTables, NO_ROW, REPLICA_FLAG, type SitePartitionTable } from './tables.ts';

const FIRST_COUNTERS: Counters = Object.freeze({ nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 1 });

export class InventoryState implements InventoryTables, ChangeTarget {
  readonly groups: SmallRows<GroupRecord>;
  readonly sites: SmallRows<SiteRecord>;
  readonly partitions: SmallRows<PartitionRecord>;
  readonly quotas: CopiedMap<string, QuotaRecord>;
  readonly locks: CopiedMap<string, LockRecord>;
  readonly datasets: DatasetRows;
  readonly blocks: BlockRows;
  readonly datasetReplicas: DatasetReplicaRows;
  blockReplicas: BlockReplicaRows;
  readonly membership: Membership;
  readonly sitePartitions: SitePartitionTable;
  counters: Counters;
  readonly #stamp: Stamp;
  readonly #finder = new RowFinder(this);
  readonly #values = new ValuesOfRecord();

  private constructor(source: TableSource<InventoryState>) {
    const { stamp } = source;
    const base = source.kind === 'fork' ? source.base : undefined;
    const image = source.kind === 'image' ? source.image : undefined;
    this.#stamp = stamp;
    this.groups = image === undefined ? new SmallRows(1, base?.groups) : SmallRows.read(1, image, 'groups');
    this.sites = image === undefined ? new SmallRows(0, base?.sites) : SmallRows.read(0, image, 'sites');
    this.partitions = image === undefined ? new SmallRows(0, base?.partitions) : SmallRows.read(0, image, 'partitions');
    this.quotas = image === undefined ? new CopiedMap(base?.quotas) : CopiedMap.read(image, 'quotas');
    this.locks = image === undefined ? new CopiedMap(base?.locks) : CopiedMap.read(image, 'locks');
    this.datasets = new DatasetRows(partSource(source, 'datasets'));
    this.blocks = new BlockRows(partSource(source, 'blocks'));
    this.datasetReplicas = new DatasetReplicaRows(partSource(source, 'datasetReplicas'), this.datasets);
    this.blockReplicas = new BlockReplicaRows(partSource(source, 'blockReplicas'), this.blocks);
    this.membership = new Membership(this, partSource(source, 'membership'));
    this.sitePartitions = this.membership;
    this.counters = base?.counters ?? image?.value('counters') ?? FIRST_COUNTERS;
  }

  static empty(): InventoryState {
    return new InventoryState({ kind: 'empty', stamp: new Stamp() });
  }

  /** The state that was written as this image. The pages are shared: it may be read and forked, but not written. */
  static read(image: StateImage): InventoryState {
    return new InventoryState({ kind: 'image', stamp: new Stamp(), image: new ImageReader(image) });
  }

  /** A state of its own, with the same content. Costs the small tables, not the replicas. */
  fork(): InventoryState {
    return new InventoryState({ kind: 'fork', stamp: new Stamp(this.#stamp.reserve), base: this });
  }

  /** An empty table of block replicas in place of the present one, which is to be moved into it. */
  beginReplicas(): BlockReplicaRows {
    this.#finder.forget();
    this.blockReplicas = this.blockReplicas.begin(this.#stamp, this.blocks, this.partitions.rows);
    return this.blockReplicas;
  }

  /** Bytes of pages that this fork has copied so far: what its base costs while a view keeps it. */
  get copiedBytes(): number {
    return this.#stamp.copiedBytes;
  }

  /** Makes pages ready for the next fork, a slice at a time. Only when this state has been committed. */
  makeReady(): Promise<void> {
    return this.#stamp.reserve.refill(this.#stamp);
  }

  /** Everything in this state, pages shared. The state must not be written any more. */
  toImage(): StateImage {
    const image = new ImageWriter();
    this.groups.write(image, 'groups');
    this.sites.write(image, 'sites');
    this.partitions.write(image, 'partitions');
    this.quotas.write(image, 'quotas');
    this.locks.write(image, 'locks');
    this.datasets.write(image.below('datasets'));
    this.blocks.write(image.below('blocks'));
    this.datasetReplicas.write(image.below('datasetReplicas'));
    this.blockReplicas.write(image.below('blockReplicas'));
    this.membership.write(image.below('membership'));
    image.value('counters', this.counters);
    return image.finish();
  }

  /** Undefined for files: they are in the store. */
  get(entity: Entity, key: string): EntityRecords[Entity] | null | undefined {
    switch (entity) {
      case 'group':
        return this.groups.get(this.groups.find(key)) ?? null;
      case 'site':
        return this.sites.get(this.sites.find(key)) ?? null;
      case 'partition':
        return this.partitions.get(this.partitions.find(key)) ?? null;
      case 'quota':
        return this.quotas.get(key) ?? null;
      case 'lock':
        return this.locks.get(key) ?? null;
      case 'dataset': {
        const row = this.datasets.find(key);
        return row === NO_ROW ? null : this.datasets.record(row);
      }
      case 'block': {
        const [dataset, block] = splitKey(key) as [string, string];
        const row = this.blockRow(dataset, block);
        return row === NO_ROW ? null : this.blocks.record(row, this.datasets);
      }
      case 'datasetReplica': {
        const [dataset, site] = splitKey(key) as [string, string];
        const row = this.datasetReplicaRow(dataset, site);
        return row === NO_ROW ? null : this.datasetReplicaRecord(row);
      }
      case 'blockReplica': {
        const [dataset, block, site] = splitKey(key);
        return this.blockReplica({ dataset, block, site } as BlockReplicaKey);
      }
      case 'file':
        return undefined;
      default:
        return entity satisfies never;
    }
  }

  put(change: Change): void {
    if (change.after === null) return;
    switch (change.entity) {
      case 'group':
        this.groups.put(change.after);
        return;
      case 'site':
        this.sites.put(change.after);
        if (change.before !== null && this.membership.dependsOnSite(change.before, change.after)) {
          this.membership.refreshSite(this.sites.find(change.after.name));
        }
        return;
      case 'partition':
        this.partitions.put(change.after);
        this.blockReplicas.widen(this.partitions.rows, this.#stamp);
        this.membership.refreshPartition(this.partitions.find(change.after.name));
        return;
      case 'quota':
        this.quotas.set(change.key, change.after);
        return;
      case 'lock':
        this.locks.set(change.key, change.after);
        return;
      case 'dataset':
        this.putDataset(change.after);
        return;
      case 'block':
        this.putBlock(change.after);
        return;
      case 'datasetReplica':
        this.putDatasetReplica(change.after);
        return;
      case 'blockReplica':
        this.putBlockReplica(change.after);
        return;
      case 'file':
        return;
      default:
        change satisfies never;
    }
  }

  remove(change: Change): void {
    this.#remove(change);
    // After it: the rows that it looked up are free now.
    this.#finder.forget();
  }

  #remove(change: Change): void {
    const names = splitKey(change.key) as [string, string, string];
    switch (change.entity) {
      case 'group':
        this.groups.remove(change.key);
        this.membership.rebind();
        return;
      case 'site':
        this.sites.remove(change.key);
        this.membership.rebind();
        return;
      case 'partition': {
        const row = this.partitions.find(change.key);
        this.partitions.remove(change.key);
        this.membership.refreshPartition(row);
        return;
      }
      case 'quota':
        this.quotas.delete(change.key);
        return;
      case 'lock':
        this.locks.delete(change.key);
        return;
      case 'dataset':
        this.datasets.remove(this.datasets.find(change.key));
        this.membership.rebind();
        return;
      case 'block':
        this.blocks.remove(this.blockRow(names[0], names[1]), this.datasets);
        return;
      case 'datasetReplica':
        this.datasetReplicas.remove(this.datasetReplicaRow(names[0], names[1]));
        return;
      case 'blockReplica': {
        const row = this.blockReplicaRow(names[0], names[1], names[2]);
        this.membership.retract(row);
        this.blockReplicas.remove(row);
        return;
      }
      case 'file':
        return;
      default:
        change satisfies never;
    }
  }

  putDataset(record: DatasetRecord): number {
    const row = this.datasets.find(record.name);
    if (row === NO_ROW) return this.datasets.insert(record);
    this.datasets.update(row, record);
    this.membership.refreshDataset(row);
    return row;
  }

  putBlock(record: BlockRecord): number {
    const datasetRow = this.datasets.find(record.dataset);
    assert(datasetRow !== NO_ROW, `block ${record.name} is put before its dataset ${record.dataset}`);
    const row = this.blocks.find(datasetRow, record.name);
    if (row === NO_ROW) return this.blocks.insert(datasetRow, record, this.datasets);
    const resized = record.size !== this.blocks.size.get(row);
    if (resized) this.membership.retractBlock(row);
    this.blocks.update(row, record, this.datasets);
    if (resized) this.membership.extendBlock(row);
    return row;
  }

  putDatasetReplica(record: DatasetReplicaRecord): number {
    const datasetRow = this.datasets.find(record.dataset);
    const siteRow = this.sites.find(record.site);
    assert(datasetRow !== NO_ROW && siteRow !== NO_ROW, `replica of ${record.dataset} put before what it joins`);
    const row = this.datasetReplicas.find(datasetRow, siteRow);
    const groupRow = this.groupRow(record.group);
    if (row === NO_ROW) return this.datasetReplicas.insert(datasetRow, siteRow, groupRow, record.growing);
    this.datasetReplicas.update(row, groupRow, record.growing);
    return row;
  }

  putBlockReplica(record: BlockReplicaRecord): number {
    const row = this.blockReplicaRow(record.dataset, record.block, record.site);
    const values = this.#values.take(record, this.groupRow(record.group));
    if (row === NO_ROW) return this.#insertReplica(record, values);
    if (this.membership.isUnmoved(row, values)) {
      this.blockReplicas.update(row, values);
    } else {
      this.membership.retract(row);
      this.blockReplicas.update(row, values);
      this.membership.extend(row);
    }
    return row;
  }

  #insertReplica({ dataset, block, site }: BlockReplicaKey, values: ReplicaValues): number {
    const blockRow = this.blockRow(dataset, block);
    const siteRow = this.sites.find(site);
    assert(blockRow !== NO_ROW && siteRow !== NO_ROW, `replica of ${block} put before what it joins`);
    const row = this.blockReplicas.insert(blockRow, siteRow, values);
    this.membership.extend(row);
    return row;
  }

  blockRow(dataset: string, block: string): number {
    return this.#finder.block(dataset, block);
  }

  datasetReplicaRow(dataset: string, site: string): number {
    return this.#finder.datasetReplica(dataset, site);
  }

  blockReplicaRow(dataset: string, block: string, site: string): number {
    return this.#finder.blockReplica(dataset, block, site);
  }

  groupName(row: number): GroupName | null {
    return this.groups.get(row)?.name ?? null;
  }

  datasetReplicaRecord(row: number): DatasetReplicaRecord {
    return {
      dataset: this.datasets.name.get(this.datasetReplicas.dataset.get(row)) as DatasetName,
      site: (this.sites.get(this.datasetReplicas.site.get(row)) as SiteRecord).name,
      group: this.groupName(this.datasetReplicas.group.get(row)),
      growing: this.datasetReplicas.growing.get(row) === 1,
    };
  }

  blockReplicaRecord(row: number): BlockReplicaRecord {
    const blockRow = this.blockReplicas.block.get(row);
    return this.#blockReplicaRecord(row, {
      dataset: this.datasets.name.get(this.blocks.dataset.get(blockRow)) as DatasetName,
      block: this.blocks.name(blockRow) as BlockName,
      site: (this.sites.get(this.blockReplicas.site.get(row)) as SiteRecord).name,
    });
  }

  /** The record of a replica whose names are known: they need not be decoded again. */
  blockReplica(names: BlockReplicaKey): BlockReplicaRecord | null {
    const row = this.blockReplicaRow(names.dataset, names.block, names.site);
    return row === NO_ROW ? null : this.#blockReplicaRecord(row, names);
  }

  #blockReplicaRecord(row: number, names: BlockReplicaKey): BlockReplicaRecord {
    const { group, flags, lastUpdate, partial } = this.blockReplicas;
    const bits = flags.get(row);
    return new ReplicaRecord(
      names,
      this.groupName(group.get(row)),
      (bits & REPLICA_FLAG.custodial) !== 0,
      lastUpdate.get(row),
      this.blockReplicas.operation(row),
      (bits & REPLICA_FLAG.partial) === 0 ? null : (partial.get(row) ?? null),
    );
  }

  /** `blockReplica` of each, looked up together. */
  blockReplicasOf(keys: Iterable<BlockReplicaKey>): Iterable<BlockReplicaRecord | null> {
    return new RecordsTogether(keys, this.#finder, (key) => this.blockReplica(key));
  }

  quotaOf(site: string, partition: string): QuotaRecord | undefined {
    return this.quotas.get(joinKey(site, partition));
  }

  private groupRow(name: GroupName | null): number {
    if (name === null) return 0;
    const row = this.groups.find(name);
    assert(row !== NO_ROW, `group ${name} is used before it is put`);
    return row;
  }
}
