import { type F64Column, f64Column, type U8Column, type U32Column, u8Column, u32Column } from '../../columns/column.ts';
import { HashIndex, hashText } from '../../columns/hash-index.ts';
import { ObjectColumn } from '../../columns/object-column.ts';
import { RowAllocator } from '../../columns/row-allocator.ts';
import { DATASET_STATUSES } from '../../model/enumerations.ts';
import type { DatasetName } from '../../model/names.ts';
import type { AttributeValue, DatasetRecord } from '../../model/records.ts';
import { type DatasetTable, NO_ROW } from '../tables.ts';

const NO_ATTRIBUTES: DatasetRecord['attributes'] = Object.freeze({});

/** The datasets, with the sums over their blocks and the heads of their chains of blocks and replicas. */
export class DatasetRows implements DatasetTable {
  readonly name: ObjectColumn<string>;
  readonly status: U8Column;
  readonly lastUpdate: F64Column;
  readonly isOpen: U8Column;
  readonly softwareVersion: ObjectColumn<string>;
  readonly dataType: ObjectColumn<string>;
  readonly attributes: ObjectColumn<Readonly<Record<string, AttributeValue>>>;
  readonly firstBlock: U32Column;
  readonly firstReplica: U32Column;
  readonly size: F64Column;
  readonly blocks: U32Column;
  readonly #index: HashIndex;
  readonly #allocator: RowAllocator;

  constructor(stamp: number, base?: DatasetRows) {
    this.name = base?.name.fork(stamp) ?? ObjectColumn.empty(stamp);
    this.status = base?.status.fork(stamp) ?? u8Column(stamp);
    this.lastUpdate = base?.lastUpdate.fork(stamp) ?? f64Column(stamp);
    this.isOpen = base?.isOpen.fork(stamp) ?? u8Column(stamp);
    this.softwareVersion = base?.softwareVersion.fork(stamp) ?? ObjectColumn.empty(stamp);
    this.dataType = base?.dataType.fork(stamp) ?? ObjectColumn.empty(stamp);
    this.attributes = base?.attributes.fork(stamp) ?? ObjectColumn.empty(stamp);
    this.firstBlock = base?.firstBlock.fork(stamp) ?? u32Column(stamp);
    this.firstReplica = base?.firstReplica.fork(stamp) ?? u32Column(stamp);
    this.size = base?.size.fork(stamp) ?? f64Column(stamp);
    this.blocks = base?.blocks.fork(stamp) ?? u32Column(stamp);
    this.#index = base === undefined ? HashIndex.empty(stamp) : base.#index.fork(stamp);
    this.#allocator = base === undefined ? new RowAllocator() : base.#allocator.copy();
  }

  get rows(): number {
    return this.#allocator.rows;
  }

  get live(): number {
    return this.#index.live;
  }

  isLive(row: number): boolean {
    return this.name.get(row) !== undefined;
  }

  find(name: string): number {
    const row = this.#index.find(hashText(name), (candidate) => this.name.get(candidate) === name);
    return row === -1 ? NO_ROW : row;
  }

  record(row: number): DatasetRecord {
    return {
      name: this.name.get(row) as DatasetName,
      status: DATASET_STATUSES[this.status.get(row)] as DatasetRecord['status'],
      dataType: this.dataType.get(row) ?? null,
      softwareVersion: this.softwareVersion.get(row) ?? null,
      lastUpdate: this.lastUpdate.get(row),
      isOpen: this.isOpen.get(row) === 1,
      attributes: this.attributes.get(row) ?? NO_ATTRIBUTES,
    };
  }

  /** Adds the record of a new name. */
  insert(record: DatasetRecord): number {
    const row = this.#allocator.allocate(this.firstBlock);
    this.name.set(row, record.name);
    this.firstBlock.set(row, NO_ROW);
    this.firstReplica.set(row, NO_ROW);
    this.size.set(row, 0);
    this.blocks.set(row, 0);
    this.update(row, record);
    this.#index.insert(hashText(record.name), row, (other) => hashText(this.name.get(other) as string));
    return row;
  }

  update(row: number, record: DatasetRecord): void {
    this.status.set(row, DATASET_STATUSES.indexOf(record.status));
    this.lastUpdate.set(row, record.lastUpdate);
    this.isOpen.set(row, record.isOpen ? 1 : 0);
    this.softwareVersion.set(row, record.softwareVersion ?? undefined);
    this.dataType.set(row, record.dataType ?? undefined);
    this.attributes.set(row, Object.keys(record.attributes).length === 0 ? undefined : record.attributes);
  }

  /** The dataset has no blocks and no replicas any more. */
  remove(row: number): void {
    this.#index.remove(hashText(this.name.get(row) as string), row);
    this.name.set(row, undefined);
    this.softwareVersion.set(row, undefined);
    this.dataType.set(row, undefined);
    this.attributes.set(row, undefined);
    this.#allocator.release(row, this.firstBlock);
  }
}
