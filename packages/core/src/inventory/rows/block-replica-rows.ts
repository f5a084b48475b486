import { type U8Column, type U16Column, type U32Column, u8Column, u16Column, u32Column } from '../../columns/column.ts';
import { ObjectColumn } from '../../columns/object-column.ts';
import { RowAllocator } from '../../columns/row-allocator.ts';
import type { ReplicaOperation } from '../../model/enumerations.ts';
import type { Partial as PartialReplica } from '../../model/records.ts';
import { type BlockReplicaTable, NO_ROW, REPLICA_FLAG } from '../tables.ts';
import { type BlockRows, unchain } from './block-rows.ts';

const MASK_BITS = 32;

/** What is stored of a block replica, in codes. */
export interface ReplicaValues {
  readonly groupRow: number;
  readonly lastUpdate: number;
  readonly flags: number;
  readonly partial: PartialReplica | undefined;
}

/** The block replicas, chained by block, each with the set of partitions that it is in. */
export class BlockReplicaRows implements BlockReplicaTable {
  readonly block: U32Column;
  readonly site: U16Column;
  readonly group: U16Column;
  readonly lastUpdate: U32Column;
  readonly flags: U8Column;
  readonly nextOfBlock: U32Column;
  readonly partial: ObjectColumn<PartialReplica>;
  readonly #blocks: BlockRows;
  readonly #allocator: RowAllocator;
  /** Bit sets of partition rows, 32 a column. */
  readonly #masks: U32Column[];
  #live: number;

  constructor(stamp: number, blocks: BlockRows, base?: BlockReplicaRows) {
    this.block = base?.block.fork(stamp) ?? u32Column(stamp);
    this.site = base?.site.fork(stamp) ?? u16Column(stamp);
    this.group = base?.group.fork(stamp) ?? u16Column(stamp);
    this.lastUpdate = base?.lastUpdate.fork(stamp) ?? u32Column(stamp);
    this.flags = base?.flags.fork(stamp) ?? u8Column(stamp);
    this.nextOfBlock = base?.nextOfBlock.fork(stamp) ?? u32Column(stamp);
    this.partial = base?.partial.fork(stamp) ?? ObjectColumn.empty(stamp);
    this.#masks = base === undefined ? [u32Column(stamp)] : base.#masks.map((mask) => mask.fork(stamp));
    this.#blocks = blocks;
    this.#allocator = base === undefined ? new RowAllocator() : base.#allocator.copy();
    this.#live = base?.live ?? 0;
  }

  get rows(): number {
    return this.#allocator.rows;
  }

  get live(): number {
    return this.#live;
  }

  isLive(row: number): boolean {
    return this.block.get(row) !== NO_ROW;
  }

  find(blockRow: number, siteRow: number): number {
    let row = this.#blocks.firstReplica.get(blockRow);
    while (row !== NO_ROW && this.site.get(row) !== siteRow) row = this.nextOfBlock.get(row);
    return row;
  }

  size(row: number): number {
    const partial = (this.flags.get(row) & REPLICA_FLAG.partial) === 0 ? undefined : this.partial.get(row);
    return partial === undefined ? this.#blocks.size.get(this.block.get(row)) : partial.size;
  }

  files(row: number): number {
    const partial = (this.flags.get(row) & REPLICA_FLAG.partial) === 0 ? undefined : this.partial.get(row);
    return partial === undefined ? this.#blocks.files.get(this.block.get(row)) : partial.files;
  }

  isIn(row: number, partitionRow: number): boolean {
    const mask = this.#masks[partitionRow >>> 5]?.get(row) ?? 0;
    return ((mask >>> (partitionRow & 31)) & 1) === 1;
  }

  isComplete(row: number): boolean {
    return (this.flags.get(row) & REPLICA_FLAG.partial) === 0;
  }

  /** Whether it counts as a complete copy. */
  isCopy(row: number): boolean {
    return (this.flags.get(row) & (REPLICA_FLAG.partial | REPLICA_FLAG.deletionOpen)) === 0;
  }

  operation(row: number): ReplicaOperation {
    const flags = this.flags.get(row);
    if ((flags & REPLICA_FLAG.deletionOpen) !== 0) return 'delete';
    return (flags & REPLICA_FLAG.copyOpen) !== 0 ? 'copy' : 'none';
  }

  insert(blockRow: number, siteRow: number, values: ReplicaValues): number {
    const row = this.#allocator.allocate(this.nextOfBlock);
    this.block.set(row, blockRow);
    this.site.set(row, siteRow);
    this.nextOfBlock.set(row, this.#blocks.firstReplica.get(blockRow));
    this.#blocks.firstReplica.set(blockRow, row);
    for (const mask of this.#masks) mask.set(row, 0);
    this.#set(row, values);
    if (this.isCopy(row)) this.#blocks.completeCopies.add(blockRow, 1);
    this.#live += 1;
    return row;
  }

  update(row: number, values: ReplicaValues): void {
    const before = this.isCopy(row);
    this.#set(row, values);
    const after = this.isCopy(row);
    if (before !== after) this.#blocks.completeCopies.add(this.block.get(row), after ? 1 : -1);
  }

  remove(row: number): void {
    const blockRow = this.block.get(row);
    if (this.isCopy(row)) this.#blocks.completeCopies.add(blockRow, -1);
    unchain(row, blockRow, this.#blocks.firstReplica, this.nextOfBlock);
    this.block.set(row, NO_ROW);
    this.partial.set(row, undefined);
    this.#allocator.release(row, this.nextOfBlock);
    this.#live -= 1;
  }

  /** The word of 32 partitions from row `32 * word` on. */
  membership(row: number, word: number): number {
    return this.#masks[word]?.get(row) ?? 0;
  }

  setMembership(row: number, word: number, bits: number): void {
    const mask = this.#masks[word];
    if (mask !== undefined && mask.get(row) !== bits >>> 0) mask.set(row, bits >>> 0);
  }

  /** Makes room for that many partitions. New bits are 0. */
  widen(partitions: number, stamp: number): void {
    while (this.#masks.length * MASK_BITS < partitions) {
      const mask = u32Column(stamp);
      if (this.rows > 0) mask.set(this.rows - 1, 0);
      this.#masks.push(mask);
    }
  }

  #set(row: number, values: ReplicaValues): void {
    this.group.set(row, values.groupRow);
    this.lastUpdate.set(row, values.lastUpdate);
    this.flags.set(row, values.flags);
    this.partial.set(row, values.partial);
  }
}
