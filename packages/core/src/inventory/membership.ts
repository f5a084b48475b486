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
import type { ReplicaValues } from './rows/replica-values.ts';
import { SitePartitionSums } from './site-partition-sums.ts';
import type { StateTables } from './state-tables.ts';
import { NO_ROW, REPLICA_FLAG, type SitePartitionTable } from './tables.ts';

/** The conditions, bound to the rows of the state. */
interface Rules {
  readonly predicates: readonly (RowPredicate | undefined)[];
  /** Partitions that are decided by site and owner, and those that are not. */
  readonly alike: readonly number[];
  readonly others: readonly number[];
  readonly unions: readonly (readonly [number, readonly number[]])[];
  /** For each word of 32 partitions, by owner and site, what `alike` comes to. */
  readonly decided: readonly Map<number, number>[];
}

export class Membership implements SitePartitionTable {
  readonly #state: StateTables;
  readonly #sums: SitePartitionSums;
  #compiled: CompiledPartitions | undefined;
  #bound: Rules | undefined;

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
    this.#bound = undefined;
  }

  /** Whether the change of a site can move its replicas to other partitions. */
  dependsOnSite(before: SiteRecord, after: SiteRecord): boolean {
    return before.status !== after.status || before.storage !== after.storage;
  }

  /** Takes the replica's bytes out of the sums, before something about it changes. */
  retract(row: number): void {
    this.#count(row, -1);
  }

  /** Decides anew where the replica belongs, and adds its bytes to the sums. */
  extend(row: number): void {
    const replicas = this.#state.blockReplicas;
    const leaving = (replicas.flags.get(row) & REPLICA_FLAG.deletionOpen) !== 0;
    const words = Math.ceil(this.#definitions().bases.length / 32);
    for (let word = 0; word < words; word++) replicas.setMembership(row, word, leaving ? 0 : this.#decide(row, word));
    this.#count(row, 1);
  }

  /** Whether a replica that becomes this stays in its partitions with its bytes: most writes only move its time. */
  isUnmoved(row: number, { groupRow, flags, partial }: ReplicaValues): boolean {
    if (this.#definitions().usesLastUpdate || partial !== undefined) return false;
    const replicas = this.#state.blockReplicas;
    return replicas.group.get(row) === groupRow && replicas.flags.get(row) === flags;
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
    this.rebind();
    const replicas = this.#state.blockReplicas;
    for (let row = 0; row < replicas.rows; row++) {
      if (replicas.isLive(row) && replicas.site.get(row) === siteRow) this.#refresh(row);
    }
  }

  /** After a partition came, changed or went. Replicas stay in all others, but for unions of it. */
  refreshPartition(changed: number): void {
    const before = this.#compiled?.bases;
    this.#compiled = undefined;
    this.#bound = undefined;
    const { bases, bySiteAndOwner } = this.#definitions();
    const { predicates } = this.#rules();
    const isAffected = (partition: number): boolean =>
      before === undefined ||
      partition === changed ||
      bases[partition]?.includes(changed) === true ||
      String(bases[partition]) !== String(before[partition]);
    const affected = Array.from({ length: this.#state.partitions.rows }, (_, row) => row).filter(isAffected);
    const isUnion = (partition: number): boolean => predicates[partition] === undefined;
    for (const partition of affected.filter((each) => !isUnion(each))) {
      const predicate = predicates[partition] as RowPredicate;
      this.#decideAll(partition, bySiteAndOwner.has(partition) ? this.#bySiteAndOwner(predicate) : predicate);
    }
    for (const partition of affected.filter(isUnion)) {
      const parts = bases[partition] ?? [];
      this.#decideAll(partition, (row) => parts.some((part) => this.#state.blockReplicas.isIn(row, part)));
    }
  }

  #decideAll(partition: number, isIn: RowPredicate): void {
    const replicas = this.#state.blockReplicas;
    for (let row = 0; row < replicas.rows; row++) {
      // One that is leaving is in none.
      if (!replicas.isLive(row) || (replicas.flags.get(row) & REPLICA_FLAG.deletionOpen) !== 0) continue;
      const isNow = isIn(row);
      if (isNow !== replicas.isIn(row, partition)) this.#move(row, partition, isNow);
    }
  }

  #move(row: number, partition: number, isNow: boolean): void {
    const replicas = this.#state.blockReplicas;
    const bit = 1 << (partition & 31);
    const bits = replicas.membership(row, partition >>> 5);
    replicas.setMembership(row, partition >>> 5, isNow ? bits | bit : bits & ~bit);
    const physical = replicas.size(row);
    const projected = this.#projected(row, physical);
    const sign = isNow ? 1 : -1;
    this.#sums.add(replicas.site.get(row), partition, sign * physical, sign * projected);
  }

  /** With what is being copied to it. */
  #projected(row: number, physical: number): number {
    const replicas = this.#state.blockReplicas;
    const copying = (replicas.flags.get(row) & REPLICA_FLAG.copyOpen) !== 0;
    return copying ? this.#state.blocks.size.get(replicas.block.get(row)) : physical;
  }

  /** The same predicate, asked once for each owner at each site. */
  #bySiteAndOwner(predicate: RowPredicate): RowPredicate {
    const decided = new Map<number, boolean>();
    return (row) => {
      const pair = this.#ownerAtSite(row);
      let is = decided.get(pair);
      if (is === undefined) {
        is = predicate(row);
        decided.set(pair, is);
      }
      return is;
    };
  }

  #refresh(row: number): void {
    this.retract(row);
    this.extend(row);
  }

  #count(row: number, sign: 1 | -1): void {
    const replicas = this.#state.blockReplicas;
    const siteRow = replicas.site.get(row);
    const size = replicas.size(row);
    const physical = sign * size;
    const projected = sign * this.#projected(row, size);
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

  /** The partitions of one word that the replica is in. What follows from site and owner alone is decided once. */
  #decide(row: number, word: number): number {
    const rules = this.#rules();
    const pair = this.#ownerAtSite(row);
    const decided = rules.decided[word] as Map<number, number>;
    let own = decided.get(pair);
    if (own === undefined) {
      own = bitsWhere(rules.predicates, rules.alike, word, row);
      decided.set(pair, own);
    }
    const rest = rules.others.length === 0 ? 0 : bitsWhere(rules.predicates, rules.others, word, row);
    let bits = own | rest;
    for (const [union, parts] of rules.unions) {
      if (union >>> 5 !== word) continue;
      if (parts.some((part) => this.#holds(row, part, word, own | rest))) bits |= 1 << (union & 31);
    }
    return bits;
  }

  /** Whether the replica is in a partition with a condition; those of lower words were set before. */
  #holds(row: number, part: number, word: number, bits: number): boolean {
    if (part >>> 5 === word) return ((bits >>> (part & 31)) & 1) === 1;
    return this.#rules().predicates[part]?.(row) === true;
  }

  /** The owner and the site of a replica as one number. */
  #ownerAtSite(row: number): number {
    const { site, group } = this.#state.blockReplicas;
    return (group.get(row) << 16) | site.get(row);
  }

  #definitions(): CompiledPartitions {
    this.#compiled ??= compilePartitions(this.#state.partitions);
    return this.#compiled;
  }

  #rules(): Rules {
    if (this.#bound !== undefined) return this.#bound;
    const { bases, bind, bySiteAndOwner } = this.#definitions();
    const predicates = bind(partitionBinder(this.#state));
    const alike: number[] = [];
    const others: number[] = [];
    const unions: [number, readonly number[]][] = [];
    for (const [partition, parts] of bases.entries()) {
      if (parts === undefined) continue;
      if (predicates[partition] === undefined) unions.push([partition, parts]);
      else (bySiteAndOwner.has(partition) ? alike : others).push(partition);
    }
    const decided = Array.from({ length: Math.ceil(bases.length / 32) }, () => new Map<number, number>());
    this.#bound = { predicates, alike, others, unions, decided };
    return this.#bound;
  }
}

function bitsWhere(
  predicates: readonly (RowPredicate | undefined)[],
  partitions: readonly number[],
  word: number,
  row: number,
): number {
  let bits = 0;
  for (const partition of partitions) {
    if (partition >>> 5 === word && predicates[partition]?.(row) === true) bits |= 1 << (partition & 31);
  }
  return bits;
}
