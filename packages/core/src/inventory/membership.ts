/**
 * Which partitions each block replica is in, and the bytes of every site partition: both follow every write. A write
 * that changes what a replica counts for is bracketed by `retract` and `extend`.
 */

import type { TableSource } from '../columns/column.ts';
import type { ImageWriter } from '../columns/state-image.ts';
import type { RowPredicate } from '../condition/compile-condition.ts';
import type { SiteRecord } from '../model/records.ts';
import { type CompiledPartitions, compilePartitions } from '../partition/compile-partitions.ts';
import { partitionBinder } from './partition-binder.ts';
import { SitePartitionSums } from './site-partition-sums.ts';
import type { StateTables } from './state-tables.ts';
import { NO_ROW, REPLICA_FLAG, type SitePartitionTable } from './tables.ts';

export class Membership implements SitePartitionTable {
  readonly #state: StateTables;
  readonly #sums: SitePartitionSums;
  #compiled: CompiledPartitions | undefined;
  #predicates: readonly (RowPredicate | undefined)[] | undefined;

  constructor(state: StateTables, source: TableSource<Membership>) {
    this.#state = state;
    if (source.kind === 'fork') {
      this.#sums = new SitePartitionSums(source.base.#sums);
      this.#compiled = source.base.#compiled;
    } else {
      this.#sums = source.kind === 'image' ? SitePartitionSums.read(source.image) : new SitePartitionSums();
    }
  }

  write(image: ImageWriter): void {
    this.#sums.write(image);
  }

  physical(siteRow: number, partitionRow: number): number {
    return this.#sums.physical(siteRow, partitionRow);
  }

  projected(siteRow: number, partitionRow: number): number {
    return this.#sums.projected(siteRow, partitionRow);
  }

  quota(siteRow: number, partitionRow: number): number | null {
    const site = this.#state.sites.get(siteRow);
    const partition = this.#state.partitions.get(partitionRow);
    if (site === undefined || partition === undefined) return null;
    const bases = this.#definitions().bases[partitionRow];
    if (!('parts' in partition) || bases === undefined) {
      return this.#state.quotaOf(site.name, partition.name)?.bytes ?? null;
    }
    let sum: number | null = null;
    for (const base of bases) {
      const name = this.#state.partitions.get(base)?.name;
      const bytes = name === undefined ? undefined : this.#state.quotaOf(site.name, name)?.bytes;
      if (bytes !== undefined) sum = (sum ?? 0) + bytes;
    }
    return sum;
  }

  /** Row numbers mean other records now: what was remembered by row is forgotten. */
  rebind(): void {
    this.#predicates = undefined;
  }

  dependsOnSite(before: SiteRecord, after: SiteRecord): boolean {
    return before.status !== after.status || before.storage !== after.storage;
  }

  /** Takes the replica's bytes out of the sums, before something about it changes. */
  retract(row: number): void {
    this.#count(row, -1);
  }

  /** Decides anew where the replica belongs, and adds its bytes to the sums. */
  extend(row: number): void {
    const { bases } = this.#definitions();
    const predicates = this.#bound();
    const replicas = this.#state.blockReplicas;
    const leaving = (replicas.flags.get(row) & REPLICA_FLAG.deletionOpen) !== 0;
    for (let word = 0; word * 32 < bases.length; word++) {
      let bits = 0;
      for (let i = word * 32; i < Math.min(bases.length, word * 32 + 32) && !leaving; i++) {
        if (bases[i]?.some((base) => predicates[base]?.(row) === true)) bits |= 1 << (i & 31);
      }
      replicas.setMembership(row, word, bits);
    }
    this.#count(row, 1);
  }

  retractBlock(blockRow: number): void {
    for (const row of this.#replicasOf(blockRow)) this.retract(row);
  }

  extendBlock(blockRow: number): void {
    for (const row of this.#replicasOf(blockRow)) this.extend(row);
  }

  refreshDataset(datasetRow: number): void {
    const { datasets, blocks } = this.#state;
    for (let block = datasets.firstBlock.get(datasetRow); block !== NO_ROW; block = blocks.nextOfDataset.get(block)) {
      for (const row of this.#replicasOf(block)) this.#refresh(row);
    }
  }

  refreshSite(siteRow: number): void {
    const replicas = this.#state.blockReplicas;
    for (let row = 0; row < replicas.rows; row++) {
      if (replicas.isLive(row) && replicas.site.get(row) === siteRow) this.#refresh(row);
    }
  }

  /** After the partitions themselves changed. */
  refreshAll(): void {
    this.#compiled = undefined;
    this.#predicates = undefined;
    const replicas = this.#state.blockReplicas;
    for (let row = 0; row < replicas.rows; row++) if (replicas.isLive(row)) this.#refresh(row);
  }

  #refresh(row: number): void {
    this.retract(row);
    this.extend(row);
  }

  #count(row: number, sign: 1 | -1): void {
    const replicas = this.#state.blockReplicas;
    const siteRow = replicas.site.get(row);
    const physical = sign * replicas.size(row);
    const copying = (replicas.flags.get(row) & REPLICA_FLAG.copyOpen) !== 0;
    const projected = copying ? sign * this.#state.blocks.size.get(replicas.block.get(row)) : physical;
    for (let word = 0; word * 32 < this.#state.partitions.rows; word++) {
      for (let bits = replicas.membership(row, word); bits !== 0; bits &= bits - 1) {
        this.#sums.add(siteRow, word * 32 + (31 - Math.clz32(bits & -bits)), physical, projected);
      }
    }
  }

  #replicasOf(blockRow: number): number[] {
    const { blocks, blockReplicas } = this.#state;
    const rows: number[] = [];
    for (let row = blocks.firstReplica.get(blockRow); row !== NO_ROW; row = blockReplicas.nextOfBlock.get(row)) {
      rows.push(row);
    }
    return rows;
  }

  #definitions(): CompiledPartitions {
    this.#compiled ??= compilePartitions(this.#state.partitions);
    return this.#compiled;
  }

  #bound(): readonly (RowPredicate | undefined)[] {
    this.#predicates ??= this.#definitions().bind(partitionBinder(this.#state));
    return this.#predicates;
  }
}
