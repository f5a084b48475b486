import { AttributeColumns } from '../../columns/attribute-columns.ts';
import {
  type Columns,
  columnsFrom,
  type F64Column,
  type TableSource,
  type U8Column,
  type U32Column,
  writeColumns,
} from '../../columns/column.ts';
import { Dictionary, DictionaryColumn } from '../../columns/dictionary.ts';
import { HashIndex, hashText } from '../../columns/hash-index.ts';
import { RowAllocator } from '../../columns/row-allocator.ts';
import type { ImageWriter } from '../../columns/state-image.ts';
import { TextColumn } from '../../columns/text-column.ts';
import { TextHeap } from '../../columns/text-heap.ts';
import { DATASET_STATUSES } from '../../model/enumerations.ts';
import type { DatasetName } from '../../model/names.ts';
import type { BlockReplicaKey, DatasetRecord } from '../../model/records.ts';
import type { ReplicaBatch } from '../replica-batch.ts';
import { type DatasetTable, NO_ROW } from '../tables.ts';

const NO_ATTRIBUTES: DatasetRecord['attributes'] = Object.freeze({});

const SCHEMA = {
  name: 'u32',
  status: 'u8',
  lastUpdate: 'f64',
  isOpen: 'u8',
  softwareVersion: 'u32',
  dataType: 'u32',
  firstBlock: 'u32',
  firstReplica: 'u32',
  size: 'f64',
  blocks: 'u32',
} as const;

/** The datasets, with the sums over their blocks and the heads of their chains of blocks and replicas. */
export class DatasetRows implements DatasetTable {
  readonly name: TextColumn;
  readonly status: U8Column;
  readonly lastUpdate: F64Column;
  readonly isOpen: U8Column;
  readonly softwareVersion: DictionaryColumn;
  readonly dataType: DictionaryColumn;
  readonly attributes: AttributeColumns;
  readonly firstBlock: U32Column;
  readonly firstReplica: U32Column;
  readonly size: F64Column;
  readonly blocks: U32Column;
  readonly #columns: Columns<typeof SCHEMA>;
  readonly #names: TextHeap;
  readonly #versions: Dictionary;
  readonly #types: Dictionary;
  readonly #index: HashIndex;
  readonly #allocator: RowAllocator;

  #wanted = '';
  readonly #isWanted = (row: number): boolean => this.name.is(row, this.#wanted);

  constructor(source: TableSource<DatasetRows>) {
    const { stamp } = source;
    if (source.kind === 'fork') {
      const { base } = source;
      this.#columns = columnsFrom(SCHEMA, { ...source, base: base.#columns });
      this.#names = base.#names;
      this.#versions = base.#versions;
      this.#types = base.#types;
      this.attributes = base.attributes.fork(stamp);
      this.#index = base.#index.fork(stamp);
      this.#allocator = base.#allocator.copy();
    } else {
      const image = source.kind === 'image' ? source.image : undefined;
      this.#columns = columnsFrom(SCHEMA, source);
      this.#names = image === undefined ? new TextHeap() : TextHeap.read(image.below('names'));
      this.#versions = image === undefined ? new Dictionary() : Dictionary.read(image, 'versions');
      this.#types = image === undefined ? new Dictionary() : Dictionary.read(image, 'types');
      this.attributes =
        image === undefined ? AttributeColumns.empty(stamp) : AttributeColumns.read(stamp, image.below('attributes'));
      this.#index = image === undefined ? HashIndex.empty(stamp) : HashIndex.read(image.below('index'));
      this.#allocator = image === undefined ? new RowAllocator() : RowAllocator.read(image);
    }
    const columns = this.#columns;
    this.name = new TextColumn(columns.name, this.#names);
    this.status = columns.status;
    this.lastUpdate = columns.lastUpdate;
    this.isOpen = columns.isOpen;
    this.softwareVersion = new DictionaryColumn(columns.softwareVersion, this.#versions);
    this.dataType = new DictionaryColumn(columns.dataType, this.#types);
    this.firstBlock = columns.firstBlock;
    this.firstReplica = columns.firstReplica;
    this.size = columns.size;
    this.blocks = columns.blocks;
  }

  write(image: ImageWriter): void {
    writeColumns(this.#columns, image);
    this.#names.write(image.below('names'));
    this.#versions.write(image, 'versions');
    this.#types.write(image, 'types');
    this.attributes.write(image.below('attributes'));
    this.#index.write(image.below('index'));
    this.#allocator.write(image);
  }

  get rows(): number {
    return this.#allocator.rows;
  }

  get live(): number {
    return this.#index.live;
  }

  isLive(row: number): boolean {
    return this.name.has(row);
  }

  find(name: string): number {
    this.#wanted = name;
    const row = this.#index.find(hashText(name), this.#isWanted);
    return row === -1 ? NO_ROW : row;
  }

  /** `find` for the dataset of each key, together; see `ReplicaBatch`. */
  findTogether(keys: readonly Pick<BlockReplicaKey, 'dataset'>[], { hashes, places, dataset }: ReplicaBatch): number {
    const count = keys.length;
    let touched = 0;
    for (let i = 0; i < count; i++) hashes[i] = hashText((keys[i] as BlockReplicaKey).dataset);
    this.#index.candidates(hashes, count, dataset);
    for (let i = 0; i < count; i++) {
      const row = dataset[i] as number;
      places[i] = row === NO_ROW ? 0 : this.name.placeOf(row);
    }
    for (let i = 0; i < count; i++) touched += this.name.touch(places[i] as number);
    for (let i = 0; i < count; i++) {
      const row = dataset[i] as number;
      const name = (keys[i] as BlockReplicaKey).dataset;
      if (row !== NO_ROW && !this.name.is(row, name)) dataset[i] = this.find(name);
    }
    return touched;
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
    this.#index.insert(hashText(record.name), row);
    return row;
  }

  update(row: number, record: DatasetRecord): void {
    this.status.set(row, DATASET_STATUSES.indexOf(record.status));
    this.lastUpdate.set(row, record.lastUpdate);
    this.isOpen.set(row, record.isOpen ? 1 : 0);
    this.softwareVersion.set(row, record.softwareVersion ?? undefined);
    this.dataType.set(row, record.dataType ?? undefined);
    this.attributes.set(row, record.attributes);
  }

  /** The dataset has no blocks and no replicas any more. */
  remove(row: number): void {
    this.#index.remove(hashText(this.name.get(row) as string), row);
    this.name.set(row, undefined);
    this.softwareVersion.set(row, undefined);
    this.dataType.set(row, undefined);
    this.attributes.set(row, NO_ATTRIBUTES);
    this.#allocator.release(row, this.firstBlock);
  }
}
