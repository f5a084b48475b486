import { type U8Column, type U16Column, type U32Column, u8Column, u16Column, u32Column } from '../../columns/column.ts';
import { RowAllocator } from '../../columns/row-allocator.ts';
import { type DatasetReplicaTable, NO_ROW } from '../tables.ts';
import { unchain } from './block-rows.ts';
import type { DatasetRows } from './dataset-rows.ts';

/** The dataset replicas, chained by dataset. */
export class DatasetReplicaRows implements DatasetReplicaTable {
  readonly dataset: U32Column;
  readonly site: U16Column;
  readonly group: U16Column;
  readonly growing: U8Column;
  readonly nextOfDataset: U32Column;
  readonly #datasets: DatasetRows;
  readonly #allocator: RowAllocator;

  constructor(stamp: number, datasets: DatasetRows, base?: DatasetReplicaRows) {
    this.dataset = base?.dataset.fork(stamp) ?? u32Column(stamp);
    this.site = base?.site.fork(stamp) ?? u16Column(stamp);
    this.group = base?.group.fork(stamp) ?? u16Column(stamp);
    this.growing = base?.growing.fork(stamp) ?? u8Column(stamp);
    this.nextOfDataset = base?.nextOfDataset.fork(stamp) ?? u32Column(stamp);
    this.#datasets = datasets;
    this.#allocator = base === undefined ? new RowAllocator() : base.#allocator.copy();
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
