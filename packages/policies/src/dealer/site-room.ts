/**
 * How much more each site partition may take in this cycle. What is there and what is on its way is in the inventory's
 * sums already (`projected`, `physical`), so only what this cycle assigns is counted here: everything counts once.
 */
import { compareByteOrder, type InventoryTables, inputError, NO_ROW } from '@dynamo/core';
import type { DealerConfiguration } from './dealer-configuration.ts';
import type { Outlook, PartitionForecast } from './partition-forecast.ts';
import type { Refusal, RefusalReason } from './refusal.ts';

/** A change of ownership or a copy, as the site partitions feel it. */
export interface Load {
  /** By position in `SiteRoom.partitions`: bytes that its projected occupancy would gain. */
  readonly added: Float64Array;
  /** By position: bytes that would be on their way to it. */
  readonly pending: Float64Array;
  /** Whether it would be in the partition, by position. */
  readonly member: Uint8Array;
  /** Bytes to be transferred, that nobody has ordered yet. */
  transfer: number;
}

const STALE = 0;
const BOUND = 1;
const OUTSIDE = 2;
const NO_QUOTA = 3;
const DEPENDS = 4;

export class SiteRoom {
  /** Rows of the partitions whose quotas count: the configured one first, where there is one, then those with a condition. */
  readonly partitions: readonly number[];
  readonly #tables: InventoryTables;
  readonly #forecast: PartitionForecast;
  readonly #parts: readonly (readonly number[])[];
  readonly #required: boolean;
  readonly #occupancyLimit: number;
  readonly #pendingLimit: number;
  readonly #sites: number;
  /** By position and site: NaN where the quota is not stated. */
  readonly #quota: Float64Array;
  readonly #projected: Float64Array;
  readonly #pending: Float64Array;
  /** By group and site. */
  readonly #bounds: { readonly kind: Uint8Array; readonly free: Float64Array; readonly pending: Float64Array };
  readonly #scratch: Load;

  constructor(tables: InventoryTables, forecast: PartitionForecast, configuration: DealerConfiguration) {
    const { partition } = configuration;
    const required = partition === null ? NO_ROW : tables.partitions.find(partition);
    if (partition !== null && required === NO_ROW) {
      throw inputError({ what: `there is no partition ${partition}`, where: { path: 'partition' } });
    }
    this.#tables = tables;
    this.#forecast = forecast;
    this.#required = required !== NO_ROW;
    const name = (row: number): string => tables.partitions.get(row)?.name ?? '';
    const others = forecast.bases.filter((row) => row !== required).sort((a, b) => compareByteOrder(name(a), name(b)));
    this.partitions = this.#required ? [required, ...others] : others;
    this.#parts = this.partitions.map((row) => forecast.parts[row] ?? []);
    this.#occupancyLimit = configuration.targetSiteOccupancy;
    this.#pendingLimit = configuration.maxSitePendingFraction;
    this.#sites = tables.sites.rows;
    const size = this.partitions.length * this.#sites;
    this.#quota = new Float64Array(size).fill(Number.NaN);
    this.#projected = new Float64Array(size);
    this.#pending = new Float64Array(size);
    const slots = tables.groups.rows * this.#sites;
    this.#bounds = { kind: new Uint8Array(slots), free: new Float64Array(slots), pending: new Float64Array(slots) };
    this.#scratch = this.emptyLoad();
    for (const [position, row] of this.partitions.entries()) {
      for (let site = 0; site < this.#sites; site++) {
        const slot = position * this.#sites + site;
        const projected = tables.sitePartitions.projected(site, row);
        this.#quota[slot] = tables.sitePartitions.quota(site, row) ?? Number.NaN;
        this.#projected[slot] = projected;
        this.#pending[slot] = projected - this.#onDisk(site, row);
      }
    }
  }

  emptyLoad(): Load {
    const { length } = this.partitions;
    const [added, pending] = [new Float64Array(length), new Float64Array(length)];
    return { added, pending, member: new Uint8Array(length), transfer: 0 };
  }

  clear(load: Load): void {
    for (let position = 0; position < this.partitions.length; position++) {
      load.added[position] = 0;
      load.pending[position] = 0;
      load.member[position] = 0;
    }
    load.transfer = 0;
  }

  wouldBeIn(position: number, dataset: number, group: number, site: number): boolean {
    for (const part of this.#parts[position] ?? []) {
      if (this.#forecast.wouldBeIn(part, dataset, group, site)) return true;
    }
    return false;
  }

  /** The load of bytes of which nothing is at the site yet. */
  loadOfNew(load: Load, dataset: number, group: number, site: number, bytes: number): void {
    for (let position = 0; position < this.partitions.length; position++) {
      const member = this.wouldBeIn(position, dataset, group, site);
      load.member[position] = member ? 1 : 0;
      load.added[position] = member ? bytes : 0;
      load.pending[position] = member ? bytes : 0;
    }
    load.transfer = bytes;
  }

  /**
   * Of bytes of which nothing is at the site yet: null, there is room; or what is against it. The same as `loadOfNew`
   * and `judge`, but it is asked for every site of every proposal, and mostly two comparisons answer it.
   */
  judgeNew(dataset: number, group: number, site: number, bytes: number): RefusalReason | null {
    const slot = this.#boundAt(group, site);
    switch (this.#bounds.kind[slot]) {
      case OUTSIDE:
        return 'outside-partition';
      case NO_QUOTA:
        return 'no-quota';
      case DEPENDS:
        this.loadOfNew(this.#scratch, dataset, group, site, bytes);
        return this.judge(site, this.#scratch)?.reason ?? null;
      default:
        if (bytes > 0 && bytes > (this.#bounds.free[slot] as number)) return 'site-full';
        return bytes > 0 && bytes > (this.#bounds.pending[slot] as number) ? 'site-pending' : null;
    }
  }

  /** Bytes that may still come to the site for the group, once `judgeNew` found room. */
  freeForNew(dataset: number, group: number, site: number): number {
    const slot = this.#boundAt(group, site);
    if (this.#bounds.kind[slot] !== DEPENDS) return Math.max(this.#bounds.free[slot] as number, 0);
    this.loadOfNew(this.#scratch, dataset, group, site, 0);
    return this.free(site, this.#scratch);
  }

  /** Null: there is room. */
  judge(site: number, load: Load): Refusal | null {
    let bounded = false;
    let tooMuchComing: Refusal | null = null;
    for (let position = 0; position < this.partitions.length; position++) {
      const required = this.#required && position === 0;
      if (load.member[position] === 0) {
        if (required) return { reason: 'outside-partition', site, detail: this.#name(position) };
        continue;
      }
      const slot = position * this.#sites + site;
      const quota = this.#quota[slot] as number;
      if (Number.isNaN(quota)) {
        if (required) return { reason: 'no-quota', site, detail: this.#name(position) };
        continue;
      }
      bounded = true;
      if (quota < 0) continue;
      const added = load.added[position] as number;
      const projected = (this.#projected[slot] as number) + added;
      const detail = this.#name(position);
      if (added > 0 && projected > Math.floor(this.#occupancyLimit * quota)) {
        return { reason: 'site-full', site, value: projected / quota, limit: this.#occupancyLimit, detail };
      }
      const coming = load.pending[position] as number;
      const pending = (this.#pending[slot] as number) + coming;
      if (coming > 0 && pending > Math.floor(this.#pendingLimit * quota)) {
        tooMuchComing ??= { reason: 'site-pending', site, value: pending / quota, limit: this.#pendingLimit, detail };
      }
    }
    // What is too full stays so; what is on its way arrives.
    return bounded ? tooMuchComing : { reason: 'outside-partition', site };
  }

  /** Bytes that may still come, in the tightest of the partitions that the load is for. */
  free(site: number, load: Load): number {
    let free = Number.POSITIVE_INFINITY;
    for (let position = 0; position < this.partitions.length; position++) {
      const slot = position * this.#sites + site;
      const quota = this.#quota[slot] as number;
      if (load.member[position] === 0 || !(quota >= 0)) continue;
      free = Math.min(free, Math.floor(this.#occupancyLimit * quota) - (this.#projected[slot] as number));
    }
    return Math.max(free, 0);
  }

  charge(site: number, load: Load): void {
    for (let position = 0; position < this.partitions.length; position++) {
      const slot = position * this.#sites + site;
      this.#projected[slot] = (this.#projected[slot] as number) + (load.added[position] as number);
      this.#pending[slot] = (this.#pending[slot] as number) + (load.pending[position] as number);
    }
    for (let slot = site; slot < this.#bounds.kind.length; slot += this.#sites) this.#bounds.kind[slot] = STALE;
  }

  /** Of the partition at that position: bytes; `quota` is null where none was stated. */
  state(position: number, site: number): { quota: number | null; projected: number; pending: number } {
    const slot = position * this.#sites + site;
    const quota = this.#quota[slot] as number;
    return {
      quota: Number.isNaN(quota) ? null : quota,
      projected: this.#projected[slot] as number,
      pending: this.#pending[slot] as number,
    };
  }

  /** The slot of `#bounds`, which says what binds new replicas of the group at the site; counted anew after a charge. */
  #boundAt(group: number, site: number): number {
    const { kind, free, pending } = this.#bounds;
    const slot = group * this.#sites + site;
    if (kind[slot] !== STALE) return slot;
    free[slot] = Number.POSITIVE_INFINITY;
    pending[slot] = Number.POSITIVE_INFINITY;
    let found = OUTSIDE;
    for (let position = 0; position < this.partitions.length; position++) {
      const required = this.#required && position === 0;
      const outlook = this.#outlook(position, group, site);
      const at = position * this.#sites + site;
      const quota = this.#quota[at] as number;
      if (outlook === 'depends on the dataset' && (required || !Number.isNaN(quota))) {
        found = DEPENDS;
        break;
      }
      if (outlook === 'in' && Number.isNaN(quota) && required) {
        found = NO_QUOTA;
        break;
      }
      if (outlook === 'out' && required) break;
      if (outlook !== 'in' || Number.isNaN(quota)) continue;
      found = BOUND;
      if (quota < 0) continue;
      const room = Math.floor(this.#occupancyLimit * quota) - (this.#projected[at] as number);
      const pendingRoom = Math.floor(this.#pendingLimit * quota) - (this.#pending[at] as number);
      free[slot] = Math.min(free[slot] as number, room);
      pending[slot] = Math.min(pending[slot] as number, pendingRoom);
    }
    kind[slot] = found;
    return slot;
  }

  /** Of a union: in if some part is, out if all are. */
  #outlook(position: number, group: number, site: number): Outlook {
    let union: Outlook = 'out';
    for (const part of this.#parts[position] ?? []) {
      const outlook = this.#forecast.outlook(part, group, site);
      if (outlook === 'in') return 'in';
      if (outlook !== 'out') union = outlook;
    }
    return union;
  }

  #onDisk(site: number, partition: number): number {
    return this.#tables.sitePartitions.physical(site, partition);
  }

  #name(position: number): string {
    return this.#tables.partitions.get(this.partitions[position] ?? 0)?.name ?? '';
  }
}
