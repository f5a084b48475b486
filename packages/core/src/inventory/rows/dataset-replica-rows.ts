import {
  type Columns,
  columnsFrom,
  type TableSource,
  type U8Column,
  type U16Column,
  type U32Column,
  writeColumns,
} from '../../columns/column.ts';
import { RowAllocator } from '../../columns/row-allocator.ts';
import type { ImageWriter } from '../../columns/state-image.ts';
import { type DatasetReplicaTable, NO_ROW } from '../tables.ts';
import { unchain } from './block-rows.ts';
import type { DatasetRows } from './dataset-rows.ts';

const SCHEMA = { dataset: 'u32', site: 'u16', group: 'u16', growing: 'u8', nextOfDataset: 'u32' } as const;

/** The dataset replicas, chained by dataset. */
export class DatasetReplicaRows implements DatasetReplicaTable {
  readonly dataset: U32Column;
  readonly site: U16Column;
  readonly group: U16Column;
  readonly growing: U8Column;
  readonly nextOfDataset: U32Column;
  readonly #columns: Columns<typeof SCHEMA>;
  readonly #datasets: DatasetRows;
  readonly #allocator: RowAllocator;

  constructor(source: TableSource<DatasetReplicaRows>, datasets: DatasetRows) {
    this.#datasets = datasets;
    if (source.kind === 'fork') {
      this.#columns = columnsFrom(SCHEMA, { ...source, base: source.base.#columns });
      this.#allocator = source.base.#allocator.copy();
    } else {
      this.#columns = columnsFrom(SCHEMA, source);
      this.#allocator = source.kind === 'image' ? RowAllocator.read(source.image) : new RowAllocator();
    }
    const columns = this.#columns;
    this.dataset = columns.dataset;
    this.site = columns.site;
    this.group = columns.group;
    this.growing = columns.growing;
    this.nextOfDataset = columns.nextOfDataset;
  }

  write(image: ImageWriter): void {
    writeColumns(this.#columns, image);
    this.#allocator.write(image);
  }

  get rows(): number {
    return this.#allocator.rows;
  }

  isLive(row: number): boolean {
    return this.dataset.get(row) !== NO_ROW;
  }

  find(datasetRow: number, siteRow: number): number {
    let row = this.#datasets.firstReplica.get(datasetRow);
    while (row !== NO_ROW && this.site.get(row) !== siteRow) row = this.nextOfDataset.get(row);
    return row;
  }

  insert(datasetRow: number, siteRow: number, groupRow: number, growing: boolean): number {
    const row = this.#allocator.allocate(this.nextOfDataset);
    this.dataset.set(row, datasetRow);
    this.site.set(row, siteRow);
    this.nextOfDataset.set(row, this.#datasets.firstReplica.get(datasetRow));
    this.#datasets.firstReplica.set(datasetRow, row);
    this.update(row, groupRow, growing);
    return row;
  }

  update(row: number, groupRow: number, growing: boolean): void {
    this.group.set(row, groupRow);
    this.growing.set(row, growing ? 1 : 0);
  }

  remove(row: number): void {
    unchain(row, this.dataset.get(row), this.#datasets.firstReplica, this.nextOfDataset);
    this.dataset.set(row, NO_ROW);
    this.#allocator.release(row, this.nextOfDataset);
  }
}
