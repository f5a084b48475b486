/**
 * How much more each site partition may take in this cycle. What is there and what is on its way is in the inventory's
 * sums already (`projected`, `physical`), so only what this cycle assigns is counted here: everything counts once.
 */
import { compareByteOrder, type InventoryTables, inputError, NO_ROW } from '@dynamo/core';
import type { DealerConfiguration } from './dealer-configuration.ts';
import type { PartitionForecast } from './partition-forecast.ts';
import type { Refusal } from './refusal.ts';

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

  /** Null: there is room. */
  judge(site: number, load: Load): Refusal | null {
    let bounded = false;
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
      const refusal = this.#judgeSlot(slot, position, site, quota, load);
      if (refusal !== null) return refusal;
    }
    return bounded ? null : { reason: 'outside-partition', site };
  }

  #judgeSlot(slot: number, position: number, site: number, quota: number, load: Load): Refusal | null {
    const added = load.added[position] as number;
    const coming = load.pending[position] as number;
    if (quota < 0) return null;
    const projected = (this.#projected[slot] as number) + added;
    if (added > 0 && !(projected <= this.#occupancyLimit * quota)) {
      const value = projected / quota;
      return { reason: 'site-full', site, value, limit: this.#occupancyLimit, detail: this.#name(position) };
    }
    const pending = (this.#pending[slot] as number) + coming;
    if (coming > 0 && !(pending <= this.#pendingLimit * quota)) {
      const value = pending / quota;
      return { reason: 'site-pending', site, value, limit: this.#pendingLimit, detail: this.#name(position) };
    }
    return null;
  }

  /** Bytes that may still come, in the tightest of the partitions that the load is for. */
  free(site: number, load: Load): number {
    let free = Number.POSITIVE_INFINITY;
    for (let position = 0; position < this.partitions.length; position++) {
      const slot = position * this.#sites + site;
      const quota = this.#quota[slot] as number;
      if (load.member[position] === 0 || !(quota >= 0)) continue;
      free = Math.min(free, this.#occupancyLimit * quota - (this.#projected[slot] as number));
    }
    return Math.max(free, 0);
  }

  charge(site: number, load: Load): void {
    for (let position = 0; position < this.partitions.length; position++) {
      const slot = position * this.#sites + site;
      this.#projected[slot] = (this.#projected[slot] as number) + (load.added[position] as number);
      this.#pending[slot] = (this.#pending[slot] as number) + (load.pending[position] as number);
    }
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

  #onDisk(site: number, partition: number): number {
    return this.#tables.sitePartitions.physical(site, partition);
  }

  #name(position: number): string {
    return this.#tables.partitions.get(this.partitions[position] ?? 0)?.name ?? '';
  }
}
