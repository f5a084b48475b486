import { BlockNameColumn, PackedName } from '../../columns/block-name-column.ts';
import {
  type Columns,
  columnsFrom,
  type F64Column,
  type TableSource,
  type U8Column,
  type U16Column,
  type U32Column,
  writeColumns,
} from '../../columns/column.ts';
import { HashIndex } from '../../columns/hash-index.ts';
import { RowAllocator } from '../../columns/row-allocator.ts';
import type { ImageWriter } from '../../columns/state-image.ts';
import type { BlockName, DatasetName } from '../../model/names.ts';
import type { BlockRecord, BlockReplicaKey } from '../../model/records.ts';
import type { ReplicaBatch } from '../replica-batch.ts';
import { type BlockTable, NO_ROW } from '../tables.ts';
import type { DatasetRows } from './dataset-rows.ts';

const SCHEMA = {
  dataset: 'u32',
  size: 'f64',
  files: 'u32',
  lastUpdate: 'f64',
  isOpen: 'u8',
  firstReplica: 'u32',
  nextOfDataset: 'u32',
  completeCopies: 'u16',
} as const;

/** The blocks, chained by dataset, with the maintained count of their complete copies. */
export class BlockRows implements BlockTable {
  readonly dataset: U32Column;
  readonly size: F64Column;
  readonly files: U32Column;
  readonly lastUpdate: F64Column;
  readonly isOpen: U8Column;
  readonly firstReplica: U32Column;
  readonly nextOfDataset: U32Column;
  readonly completeCopies: U16Column;
  readonly #columns: Columns<typeof SCHEMA>;
  readonly #names: BlockNameColumn;
  readonly #index: HashIndex;
  readonly #allocator: RowAllocator;
  /** What is looked for: made once, as look-ups are many. */
  readonly #wanted = new PackedName();
  #wantedDataset = NO_ROW;
  readonly #isWanted = (row: number): boolean =>
    this.dataset.get(row) === this.#wantedDataset && this.#names.is(row, this.#wanted);

  constructor(source: TableSource<BlockRows>) {
    const { stamp } = source;
    if (source.kind === 'fork') {
      const { base } = source;
      this.#columns = columnsFrom(SCHEMA, { ...source, base: base.#columns });
      this.#names = base.#names.fork(stamp);
      this.#index = base.#index.fork(stamp);
      this.#allocator = base.#allocator.copy();
    } else {
      const image = source.kind === 'image' ? source.image : undefined;
      this.#columns = columnsFrom(SCHEMA, source);
      this.#names = image === undefined ? BlockNameColumn.empty(stamp) : BlockNameColumn.read(image.below('names'));
      this.#index = image === undefined ? HashIndex.empty(stamp) : HashIndex.read(image.below('index'));
      this.#allocator = image === undefined ? new RowAllocator() : RowAllocator.read(image);
    }
    const columns = this.#columns;
    this.dataset = columns.dataset;
    this.size = columns.size;
    this.files = columns.files;
    this.lastUpdate = columns.lastUpdate;
    this.isOpen = columns.isOpen;
    this.firstReplica = columns.firstReplica;
    this.nextOfDataset = columns.nextOfDataset;
    this.completeCopies = columns.completeCopies;
  }

  write(image: ImageWriter): void {
    writeColumns(this.#columns, image);
    this.#names.write(image.below('names'));
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
    return this.dataset.get(row) !== NO_ROW;
  }

  name(row: number): string {
    return this.#names.get(row);
  }

  find(datasetRow: number, name: string): number {
    this.#wantedDataset = datasetRow;
    const row = this.#index.find(this.#wanted.pack(name).hash(datasetRow), this.#isWanted);
    return row === -1 ? NO_ROW : row;
  }

  /** `find` for the block of each key, together, once the datasets are known; see `ReplicaBatch`. */
  findTogether(keys: readonly Pick<BlockReplicaKey, 'block'>[], batch: ReplicaBatch): number {
    const { hashes, dataset, block } = batch;
    const count = keys.length;
    let touched = 0;
    for (let i = 0; i < count; i++) {
      hashes[i] = batch
        .name(i)
        .pack((keys[i] as BlockReplicaKey).block)
        .hash(dataset[i] as number);
    }
    this.#index.candidates(hashes, count, block);
    for (let i = 0; i < count; i++) {
      const row = block[i] as number;
      if (row !== NO_ROW) touched += this.dataset.get(row) + this.#names.touch(row) + this.firstReplica.get(row);
    }
    for (let i = 0; i < count; i++) {
      const row = block[i] as number;
      const datasetRow = dataset[i] as number;
      if (row === NO_ROW || (this.dataset.get(row) === datasetRow && this.#names.is(row, batch.name(i)))) continue;
      block[i] = this.find(datasetRow, (keys[i] as BlockReplicaKey).block);
    }
    return touched;
  }

  record(row: number, datasets: DatasetRows): BlockRecord {
    return {
      dataset: datasets.name.get(this.dataset.get(row)) as DatasetName,
      name: this.#names.get(row) as BlockName,
      size: this.size.get(row),
      files: this.files.get(row),
      isOpen: this.isOpen.get(row) === 1,
      lastUpdate: this.lastUpdate.get(row),
    };
  }

  insert(datasetRow: number, record: BlockRecord, datasets: DatasetRows): number {
    const row = this.#allocator.allocate(this.nextOfDataset);
    const name = this.#wanted.pack(record.name);
    this.#names.set(row, name);
    this.dataset.set(row, datasetRow);
    this.firstReplica.set(row, NO_ROW);
    this.completeCopies.set(row, 0);
    this.size.set(row, record.size);
    this.files.set(row, record.files);
    this.#setRest(row, record);
    this.nextOfDataset.set(row, datasets.firstBlock.get(datasetRow));
    datasets.firstBlock.set(datasetRow, row);
    datasets.blocks.add(datasetRow, 1);
    datasets.size.add(datasetRow, record.size);
    this.#index.insert(name.hash(datasetRow), row);
    return row;
  }

  update(row: number, record: BlockRecord, datasets: DatasetRows): void {
    datasets.size.add(this.dataset.get(row), record.size - this.size.get(row));
    this.size.set(row, record.size);
    this.files.set(row, record.files);
    this.#setRest(row, record);
  }

  /** The block has no replicas any more. */
  remove(row: number, datasets: DatasetRows): void {
    const datasetRow = this.dataset.get(row);
    this.#index.remove(this.#names.hash(row, datasetRow), row);
    unchain(row, datasetRow, datasets.firstBlock, this.nextOfDataset);
    datasets.blocks.add(datasetRow, -1);
    datasets.size.add(datasetRow, -this.size.get(row));
    this.dataset.set(row, NO_ROW);
    this.#allocator.release(row, this.nextOfDataset);
  }

  #setRest(row: number, record: BlockRecord): void {
    this.isOpen.set(row, record.isOpen ? 1 : 0);
    this.lastUpdate.set(row, record.lastUpdate);
  }
}

/** Takes `row` out of the chain that begins at `heads[owner]`. */
export function unchain(row: number, owner: number, heads: U32Column, next: U32Column): void {
  let previous = NO_ROW;
  for (let at = heads.get(owner); at !== row; at = next.get(at)) previous = at;
  if (previous === NO_ROW) heads.set(owner, next.get(row));
  else next.set(previous, next.get(row));
}
