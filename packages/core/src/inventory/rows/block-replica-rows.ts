import {
  type Columns,
  columnsFrom,
  forkColumns,
  makeColumns,
  readColumns,
  type TableSource,
  type U8Column,
  type U16Column,
  type U32Column,
  writeColumns,
} from '../../columns/column.ts';
import { PartialTable } from '../../columns/partial-table.ts';
import { RowAllocator } from '../../columns/row-allocator.ts';
import type { Stamp } from '../../columns/stamp.ts';
import type { ImageWriter } from '../../columns/state-image.ts';
import type { ReplicaOperation } from '../../model/enumerations.ts';
import type { ReplicaBatch } from '../replica-batch.ts';
import { type BlockReplicaTable, NO_ROW, REPLICA_FLAG } from '../tables.ts';
import { type BlockRows, unchain } from './block-rows.ts';
import type { ReplicaValues } from './replica-values.ts';

const MASK_BITS = 32;

const SCHEMA = { block: 'u32', site: 'u16', group: 'u16', lastUpdate: 'u32', flags: 'u8', nextOfBlock: 'u32' } as const;
const MASK_SCHEMA = { mask: 'u32' } as const;
const BYTES_OF_A_ROW = 21;

/** The block replicas, chained by block, each with the set of partitions that it is in. */
export class BlockReplicaRows implements BlockReplicaTable {
  readonly block: U32Column;
  readonly site: U16Column;
  readonly group: U16Column;
  readonly lastUpdate: U32Column;
  readonly flags: U8Column;
  readonly nextOfBlock: U32Column;
  readonly partial: PartialTable;
  readonly #columns: Columns<typeof SCHEMA>;
  readonly #blocks: BlockRows;
  readonly #allocator: RowAllocator;
  /** Bit sets of partition rows, 32 a column. */
  readonly #masks: Columns<typeof MASK_SCHEMA>[];
  #live: number;
  #astray: number;

  constructor(source: TableSource<BlockReplicaRows>, blocks: BlockRows) {
    const { stamp } = source;
    this.#blocks = blocks;
    if (source.kind === 'fork') {
      const { base } = source;
      this.#columns = columnsFrom(SCHEMA, { ...source, base: base.#columns });
      this.#masks = base.#masks.map((mask) => forkColumns(mask, stamp));
      this.partial = new PartialTable({ ...source, base: base.partial });
      this.#allocator = base.#allocator.copy();
      this.#live = base.#live;
      this.#astray = base.#astray;
    } else {
      const image = source.kind === 'image' ? source.image : undefined;
      this.#columns = columnsFrom(SCHEMA, source);
      this.#masks =
        image === undefined
          ? [makeColumns(MASK_SCHEMA, stamp)]
          : Array.from({ length: image.value('masks') }, (_, i) => readColumns(MASK_SCHEMA, image.below(`mask${i}`)));
      this.partial =
        image === undefined
          ? new PartialTable({ kind: 'empty', stamp })
          : PartialTable.read(stamp, image.below('partial'));
      this.#allocator = image === undefined ? new RowAllocator() : RowAllocator.read(image);
      this.#live = image === undefined ? 0 : image.value('live');
      this.#astray = image === undefined ? 0 : image.value('astray');
    }
    const columns = this.#columns;
    this.block = columns.block;
    this.site = columns.site;
    this.group = columns.group;
    this.lastUpdate = columns.lastUpdate;
    this.flags = columns.flags;
    this.nextOfBlock = columns.nextOfBlock;
  }

  write(image: ImageWriter): void {
    writeColumns(this.#columns, image);
    image.value('masks', this.#masks.length);
    for (const [i, mask] of this.#masks.entries()) writeColumns(mask, image.below(`mask${i}`));
    this.partial.write(image.below('partial'));
    this.#allocator.write(image);
    image.value('live', this.#live);
    image.value('astray', this.#astray);
  }

  get rows(): number {
    return this.#allocator.rows;
  }

  get live(): number {
    return this.#live;
  }

  /** How many came to be in a row that is not beside the others of their block; some of them may be gone again. */
  get astray(): number {
    return Math.min(this.#astray, this.#live);
  }

  isLive(row: number): boolean {
    return this.block.get(row) !== NO_ROW;
  }

  find(blockRow: number, siteRow: number): number {
    let row = this.#blocks.firstReplica.get(blockRow);
    while (row !== NO_ROW && this.site.get(row) !== siteRow) row = this.nextOfBlock.get(row);
    return row;
  }

  /** `find` for the first `count`, together, once blocks and sites are known; see `ReplicaBatch`. */
  findTogether(count: number, { block, site, replica }: ReplicaBatch): number {
    let touched = 0;
    for (let i = 0; i < count; i++) {
      const blockRow = block[i] as number;
      replica[i] = blockRow === NO_ROW ? NO_ROW : this.#blocks.firstReplica.get(blockRow);
    }
    for (let i = 0; i < count; i++) {
      const row = replica[i] as number;
      if (row === NO_ROW) continue;
      touched += this.site.get(row) + this.nextOfBlock.get(row) + this.group.get(row) + this.flags.get(row);
      touched += this.lastUpdate.get(row);
    }
    for (let i = 0; i < count; i++) {
      const blockRow = block[i] as number;
      if (blockRow !== NO_ROW) replica[i] = this.find(blockRow, site[i] as number);
    }
    return touched;
  }

  size(row: number): number {
    return this.isComplete(row) ? this.#blocks.size.get(this.block.get(row)) : this.partial.size(row);
  }

  files(row: number): number {
    return this.isComplete(row) ? this.#blocks.files.get(this.block.get(row)) : this.partial.files(row);
  }

  isIn(row: number, partitionRow: number): boolean {
    const mask = this.#masks[partitionRow >>> 5]?.mask.get(row) ?? 0;
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
    const first = this.#blocks.firstReplica.get(blockRow);
    // A freed row, or another block's replicas in between.
    if (first === NO_ROW ? row !== this.rows - 1 : row !== first + 1) this.#astray += 1;
    this.nextOfBlock.set(row, first);
    this.#blocks.firstReplica.set(blockRow, row);
    for (const { mask } of this.#masks) mask.set(row, 0);
    this.#set(row, values, false);
    if (this.isCopy(row)) this.#blocks.completeCopies.add(blockRow, 1);
    this.#live += 1;
    return row;
  }

  update(row: number, values: ReplicaValues): void {
    const before = this.isCopy(row);
    this.#set(row, values, !this.isComplete(row));
    const after = this.isCopy(row);
    if (before !== after) this.#blocks.completeCopies.add(this.block.get(row), after ? 1 : -1);
  }

  remove(row: number): void {
    const blockRow = this.block.get(row);
    if (this.isCopy(row)) this.#blocks.completeCopies.add(blockRow, -1);
    unchain(row, blockRow, this.#blocks.firstReplica, this.nextOfBlock);
    this.block.set(row, NO_ROW);
    if (!this.isComplete(row)) this.partial.set(row, undefined);
    this.#allocator.release(row, this.nextOfBlock);
    this.#live -= 1;
  }

  /** A table for those of this one, without any yet. */
  begin(stamp: Stamp, blocks: BlockRows, partitions: number): BlockReplicaRows {
    stamp.count(this.rows * BYTES_OF_A_ROW);
    const rows = new BlockReplicaRows({ kind: 'empty', stamp }, blocks);
    rows.widen(partitions, stamp);
    return rows;
  }

  /** Takes over the replicas of a block as they are, in the same order; sums and counters go by what they were. */
  moveFrom(other: BlockReplicaRows, blockRow: number): void {
    let previous = NO_ROW;
    for (let from = other.#blocks.firstReplica.get(blockRow); from !== NO_ROW; from = other.nextOfBlock.get(from)) {
      const row = this.#allocator.allocate(this.nextOfBlock);
      this.block.set(row, blockRow);
      this.site.set(row, other.site.get(from));
      this.group.set(row, other.group.get(from));
      this.lastUpdate.set(row, other.lastUpdate.get(from));
      this.flags.set(row, other.flags.get(from));
      this.nextOfBlock.set(row, NO_ROW);
      if (previous === NO_ROW) this.#blocks.firstReplica.set(blockRow, row);
      else this.nextOfBlock.set(previous, row);
      for (const [i, { mask }] of this.#masks.entries()) mask.set(row, other.#masks[i]?.mask.get(from) ?? 0);
      if (!this.isComplete(row)) this.partial.set(row, other.partial.get(from));
      previous = row;
      this.#live += 1;
    }
  }

  /** The word of 32 partitions from row `32 * word` on. */
  membership(row: number, word: number): number {
    return this.#masks[word]?.mask.get(row) ?? 0;
  }

  setMembership(row: number, word: number, bits: number): void {
    const mask = this.#masks[word]?.mask;
    if (mask !== undefined && mask.get(row) !== bits >>> 0) mask.set(row, bits >>> 0);
  }

  /** Makes room for that many partitions. New bits are 0. */
  widen(partitions: number, stamp: Stamp): void {
    while (this.#masks.length * MASK_BITS < partitions) {
      const columns = makeColumns(MASK_SCHEMA, stamp);
      if (this.rows > 0) columns.mask.set(this.rows - 1, 0);
      this.#masks.push(columns);
    }
  }

  #set(row: number, values: ReplicaValues, wasPartial: boolean): void {
    this.group.set(row, values.groupRow);
    this.lastUpdate.set(row, values.lastUpdate);
    this.flags.set(row, values.flags);
    if (values.partial !== undefined || wasPartial) this.partial.set(row, values.partial);
  }
}
