/** The straightforward way, for comparison: an object for each thing, linked by maps. */
import type { InventoryRecord } from '@dynamo/core';

export interface NaiveReplica {
  readonly block: NaiveBlock;
  readonly site: NaiveSite;
  group: string | null;
  lastUpdate: number;
}
export interface NaiveBlock {
  readonly dataset: string;
  readonly name: string;
  readonly size: number;
  readonly lastUpdate: number;
  readonly replicas: Map<string, NaiveReplica>;
}
export interface NaiveSite {
  readonly name: string;
  readonly storage: string;
  readonly replicas: Set<NaiveReplica>;
}

export class NaiveInventory {
  readonly sites: Map<string, NaiveSite> = new Map();
  readonly datasets: Map<string, { readonly name: string; readonly blocks: Map<string, NaiveBlock> }> = new Map();
  replicas = 0;

  add({ entity, record }: InventoryRecord): void {
    if (entity === 'site')
      this.sites.set(record.name, { name: record.name, storage: record.storage, replicas: new Set() });
    if (entity === 'dataset') this.datasets.set(record.name, { name: record.name, blocks: new Map() });
    if (entity === 'block') {
      const { dataset, name, size, lastUpdate } = record;
      const block: NaiveBlock = { dataset, name, size, lastUpdate, replicas: new Map() };
      this.datasets.get(record.dataset)?.blocks.set(record.name, block);
    }
    if (entity === 'blockReplica') {
      const block = this.datasets.get(record.dataset)?.blocks.get(record.block);
      const site = this.sites.get(record.site);
      if (block === undefined || site === undefined) throw new Error('a dangling replica');
      const replica = { block, site, group: record.group, lastUpdate: record.lastUpdate };
      block.replicas.set(site.name, replica);
      site.replicas.add(replica);
      this.replicas += 1;
    }
  }

  /** Bytes at each site of one group. */
  occupancy(group: string): Map<string, number> {
    const bytes = new Map<string, number>();
    for (const site of this.sites.values()) {
      let sum = 0;
      for (const replica of site.replicas) if (replica.group === group) sum += replica.block.size;
      bytes.set(site.name, sum);
    }
    return bytes;
  }

  /** Replicas of one group of which the block has more than two. */
  predicate(group: string): number {
    let found = 0;
    for (const site of this.sites.values()) {
      for (const replica of site.replicas) if (replica.group === group && replica.block.replicas.size > 2) found += 1;
    }
    return found;
  }

  find(dataset: string, block: string, site: string): NaiveReplica | undefined {
    return this.datasets.get(dataset)?.blocks.get(block)?.replicas.get(site);
  }

  insert(block: NaiveBlock, site: NaiveSite): void {
    const replica = { block, site, group: null, lastUpdate: 1_600_000_000 };
    block.replicas.set(site.name, replica);
    site.replicas.add(replica);
    this.replicas += 1;
  }

  remove(replica: NaiveReplica): void {
    replica.block.replicas.delete(replica.site.name);
    replica.site.replicas.delete(replica);
    this.replicas -= 1;
  }

  /** The replicas of each of seven partitions, by conditions on their group and site. */
  repartition(): Map<string, Set<NaiveReplica>> {
    const members = new Map<string, Set<NaiveReplica>>();
    const groups = ['AnalysisOps', 'DataOps', 'RelVal', 'express', null] as const;
    for (const group of groups) members.set(String(group), new Set());
    members.set('Tape', new Set()).set('Physics', new Set());
    for (const site of this.sites.values()) {
      const isTape = site.storage === 'mss';
      for (const replica of site.replicas) {
        for (const group of groups) if (replica.group === group && !isTape) members.get(String(group))?.add(replica);
        if (isTape) members.get('Tape')?.add(replica);
        if (isTape || replica.group === groups[0] || replica.group === groups[1]) members.get('Physics')?.add(replica);
      }
    }
    return members;
  }

  /** What a reader without versions needs: everything copied. */
  snapshot(): NaiveReplica[] {
    const copies: NaiveReplica[] = [];
    for (const site of this.sites.values()) for (const replica of site.replicas) copies.push({ ...replica });
    return copies;
  }
}
