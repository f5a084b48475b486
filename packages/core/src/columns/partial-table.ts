/**
 * What partial replicas hold, by the row of the replica. A table of its own with a hash index: a few in a hundred
 * replicas are partial, and which files those have is known for few of them.
 */

import type { FileId, Partial } from '../model/records.ts';
import { type Columns, columnsFrom, type TableSource, writeColumns } from './column.ts';
import { HashIndex } from './hash-index.ts';
import { ObjectColumn } from './object-column.ts';
import { RowAllocator } from './row-allocator.ts';
import type { Stamp } from './stamp.ts';
import type { ImageReader, ImageWriter } from './state-image.ts';

const SCHEMA = { replica: 'u32', size: 'f64', files: 'u32', kind: 'u8' } as const;
const KINDS = ['unknown', 'present', 'missing'] as const;
const NO_IDS: readonly FileId[] = Object.freeze([]);

export class PartialTable {
  readonly #columns: Columns<typeof SCHEMA>;
  readonly #ids: ObjectColumn<readonly FileId[]>;
  readonly #index: HashIndex;
  readonly #allocator: RowAllocator;

  constructor(source: TableSource<PartialTable>) {
    const { stamp } = source;
    if (source.kind === 'fork') {
      this.#columns = columnsFrom(SCHEMA, { ...source, base: source.base.#columns });
      this.#ids = source.base.#ids.fork(stamp);
      this.#index = source.base.#index.fork(stamp);
      this.#allocator = source.base.#allocator.copy();
    } else {
      this.#columns = columnsFrom(SCHEMA, source);
      this.#ids = source.kind === 'image' ? ObjectColumn.read(stamp, source.image, 'ids') : ObjectColumn.empty(stamp);
      this.#index = source.kind === 'image' ? HashIndex.read(source.image.below('index')) : HashIndex.empty(stamp);
      this.#allocator = source.kind === 'image' ? RowAllocator.read(source.image) : new RowAllocator();
    }
  }

  static read(stamp: Stamp, image: ImageReader): PartialTable {
    return new PartialTable({ kind: 'image', stamp, image });
  }

  write(image: ImageWriter): void {
    writeColumns(this.#columns, image);
    this.#ids.write(image, 'ids');
    this.#index.write(image.below('index'));
    this.#allocator.write(image);
  }

  get(replicaRow: number): Partial | undefined {
    const row = this.#find(replicaRow);
    if (row === -1) return undefined;
    const kind = KINDS[this.#columns.kind.get(row)] as (typeof KINDS)[number];
    const contents = kind === 'unknown' ? { kind } : { kind, ids: this.#ids.get(row) ?? NO_IDS };
    return { size: this.#columns.size.get(row), files: this.#columns.files.get(row), contents };
  }

  size(replicaRow: number): number {
    return this.#columns.size.get(this.#find(replicaRow));
  }

  files(replicaRow: number): number {
    return this.#columns.files.get(this.#find(replicaRow));
  }

  set(replicaRow: number, partial: Partial | undefined): void {
    let row = this.#find(replicaRow);
    if (partial === undefined) {
      if (row !== -1) this.#remove(row, replicaRow);
      return;
    }
    if (row === -1) {
      row = this.#allocator.allocate(this.#columns.replica);
      this.#columns.replica.set(row, replicaRow);
      this.#index.insert(hashRow(replicaRow), row);
    }
    const { size, files, contents } = partial;
    this.#columns.size.set(row, size);
    this.#columns.files.set(row, files);
    this.#columns.kind.set(row, KINDS.indexOf(contents.kind));
    this.#ids.set(row, contents.kind === 'unknown' || contents.ids.length === 0 ? undefined : contents.ids);
  }

  #remove(row: number, replicaRow: number): void {
    this.#index.remove(hashRow(replicaRow), row);
    this.#ids.set(row, undefined);
    this.#allocator.release(row, this.#columns.replica);
  }

  #find(replicaRow: number): number {
    return this.#index.find(hashRow(replicaRow), (row) => this.#columns.replica.get(row) === replicaRow);
  }
}

function hashRow(row: number): number {
  const hash = Math.imul(row, 0x9e37_79b1);
  return (hash ^ (hash >>> 15)) >>> 0;
}
