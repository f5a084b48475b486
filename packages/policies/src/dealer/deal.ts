/** One proposal after the other: checked, given a place, charged, or refused with the reason. */
import { DATASET_STATUSES, type InventoryTables, NO_ROW, type RandomSource } from '@dynamo/core';
import { Assignment, Assignments } from './assignments.ts';
import type { DealerConfiguration } from './dealer-configuration.ts';
import type { Proposal, ProposalOutcome, ProposalSet } from './dealer-plugin.ts';
import { type Asked, type Footprint, footprintAt } from './footprint.ts';
import { OpenDestinations } from './open-destinations.ts';
import type { PlacementRule } from './placement-rule.ts';
import type { Refusal } from './refusal.ts';
import type { Load, SiteRoom } from './site-room.ts';
import { blockWithoutSource } from './sources.ts';

export interface TableOfDealing {
  readonly tables: InventoryTables;
  readonly configuration: DealerConfiguration;
  readonly room: SiteRoom;
  readonly placementRules: readonly PlacementRule[];
  /** By site row. */
  readonly isTarget: Uint8Array;
  readonly isSource: Uint8Array;
  /** Rows of ready targets, by name. */
  readonly targets: readonly number[];
  /** A row of groups, or null. */
  readonly defaultOwner: number | null;
  readonly random: RandomSource;
}

/** Those who may need a replica to stay with its group. */
export interface Stakeholder {
  readonly priority: number;
  readonly stake: NonNullable<ProposalSet['stake']>;
}

export interface Bidder {
  readonly name: string;
  readonly priority: number;
}

export class Dealing {
  readonly assignments: Assignments = new Assignments();
  /** Bytes ordered so far. */
  volume = 0;
  readonly #table: TableOfDealing;
  readonly #stakeholders: readonly Stakeholder[];
  readonly #load: Load;
  /** By site: the last draw whose dataset is there, or was assigned. */
  readonly #touched: Uint32Array;
  #draws = 0;
  readonly #blockRows: number[] = [];
  readonly #open: OpenDestinations;
  /** By site: a ready target that no placement rule is about. */
  readonly #isFree: Uint8Array;

  constructor(table: TableOfDealing, stakeholders: readonly Stakeholder[]) {
    this.#table = table;
    this.#stakeholders = stakeholders;
    this.#load = table.room.emptyLoad();
    this.#touched = new Uint32Array(table.tables.sites.rows);
    this.#open = new OpenDestinations(table.tables.sites.rows);
    this.#isFree = new Uint8Array(table.tables.sites.rows);
    if (table.placementRules.length === 0) for (const site of table.targets) this.#isFree[site] = 1;
  }

  take(proposal: Proposal, bidder: Bidder): ProposalOutcome {
    const { datasets, blocks } = this.#table.tables;
    const status = DATASET_STATUSES[datasets.status.get(proposal.dataset)] ?? 'unknown';
    if (status !== 'valid' && status !== 'production') return refused({ reason: 'dataset-status', detail: status });
    const blockRows = proposal.blocks ?? this.#blocksOf(proposal.dataset);
    if (blockRows.length === 0) return refused({ reason: 'no-blocks' });
    const asked: Asked = {
      dataset: proposal.dataset,
      blocks: blockRows,
      group: proposal.group,
      owner: proposal.group ?? this.#table.defaultOwner ?? this.#presentOwner(blockRows),
      priority: bidder.priority,
      rank: proposal.rank ?? 0,
      handOverOnly: proposal.handOverOnly ?? false,
    };
    const choice = this.#choose(proposal, asked);
    if ('reason' in choice) return refused(choice);
    if (choice.copies.length > 0) {
      const lacking = blockWithoutSource(this.#table.tables, choice.copies, this.#table.isSource);
      if (lacking !== NO_ROW) return refused({ reason: 'no-source', detail: blocks.name(lacking) });
    }
    return this.#assign(proposal, bidder, choice);
  }

  #choose(proposal: Proposal, asked: Asked): Footprint | Refusal {
    const { destinations } = proposal;
    if (destinations?.length === 1) return this.#judgeNamed(asked, destinations[0] as number);
    return this.#drawDestination(asked, destinations ?? this.#table.targets, proposal.blocks === null);
  }

  /** The footprint at the site if it can be taken there; `#load` is then its load. */
  #judgeNamed(asked: Asked, site: number): Footprint | Refusal {
    const barred = this.#judgePlace(asked.dataset, site);
    if (barred !== null) return barred;
    const footprint = this.#footprint(asked, site);
    const idle = this.#idle(footprint, asked);
    return idle ?? this.#judgeStakes(footprint, asked) ?? this.#judgeLoad(site) ?? footprint;
  }

  #judgePlace(dataset: number, site: number): Refusal | null {
    if (this.#isFree[site] === 1) return null;
    const { tables, isTarget, placementRules } = this.#table;
    const status = tables.sites.get(site)?.status;
    if (status !== 'ready') return { reason: 'site-not-ready', site, detail: status ?? 'unknown' };
    if (isTarget[site] !== 1) return { reason: 'not-a-target', site };
    const rule = placementRules.find((each) => !each.allows(dataset, site));
    return rule === undefined ? null : { reason: 'placement-rule', site, detail: rule.name };
  }

  /** Why there is nothing to do at the site, or nothing that can be done. */
  #idle({ copies, handOvers, taken, there, coming, obstacle, site }: Footprint, asked: Asked): Refusal | null {
    if (copies.length + handOvers.length + taken.length > 0) return null;
    if (there === asked.blocks.length) return { reason: 'already-there', site };
    if (obstacle !== null) return obstacle;
    if (coming > 0 || there > 0) return { reason: 'on-the-way', site };
    return { reason: 'nothing-to-hand-over', site };
  }

  /** Whether someone of at least the same standing needs what would be handed over. */
  #judgeStakes({ site, handOvers }: Footprint, { dataset, priority, rank }: Asked): Refusal | null {
    if (handOvers.length === 0 || this.#stakeholders.length === 0) return null;
    const { blockReplicas } = this.#table.tables;
    const owners = new Set(handOvers.map((block) => blockReplicas.group.get(blockReplicas.find(block, site))));
    for (const owner of owners) {
      for (const stakeholder of this.#stakeholders) {
        if (stakeholder.priority > priority) continue;
        const stake = stakeholder.stake(dataset, site, owner);
        if (stake === null || (stakeholder.priority === priority && stake.rank < rank)) continue;
        return { reason: 'needed-by-another', site, detail: stake.by };
      }
    }
    return null;
  }

  #judgeLoad(site: number): Refusal | null {
    return this.#judgeVolume(this.#load.transfer) ?? this.#table.room.judge(site, this.#load);
  }

  #judgeVolume(transfer: number): Refusal | null {
    const limit = this.#table.configuration.maxTotalCycleVolume;
    const value = this.volume + transfer;
    if (transfer === 0 || value <= limit) return null;
    return { reason: 'cycle-volume', value, limit, ...(transfer > limit ? { detail: 'alone' } : {}) };
  }

  #drawDestination(asked: Asked, candidates: readonly number[], whole: boolean): Footprint | Refusal {
    const { room, random } = this.#table;
    const { dataset, owner } = asked;
    const bytes = whole ? this.#table.tables.datasets.size.get(dataset) : this.#bytesOf(asked);
    const overVolume = this.#judgeVolume(bytes);
    const open = this.#open;
    open.clear();
    const draw = this.#touch(dataset);
    let beyond = false;
    for (const site of candidates) {
      if (this.#touched[site] === draw) this.#considerTouched(asked, site);
      else if (asked.handOverOnly) open.ruleOut(site, 'nothing-to-hand-over');
      else if (overVolume !== null) beyond = true;
      else {
        const reason = this.#judgePlace(dataset, site)?.reason ?? room.judgeNew(dataset, owner, site, bytes);
        if (reason === null) open.add(site, bytes, room.freeForNew(dataset, owner, site));
        else open.ruleOut(site, reason);
      }
    }
    // Its own words say more than a count of sites.
    if (open.isEmpty && beyond && overVolume !== null) return overVolume;
    if (open.isEmpty) return this.#noDestination(asked, overVolume);
    // Computed anew: `#load` has to be the chosen site's.
    return this.#footprint(asked, open.draw(random));
  }

  /** A site where something of the dataset is, or was assigned in this cycle. */
  #considerTouched(asked: Asked, site: number): void {
    const barred = this.#judgePlace(asked.dataset, site);
    const footprint = barred === null ? this.#footprint(asked, site) : null;
    const refusal =
      footprint === null
        ? barred
        : (this.#idle(footprint, asked) ??
          footprint.obstacle ??
          this.#judgeStakes(footprint, asked) ??
          (footprint.cancelled > 0 ? ({ reason: 'being-deleted', site } as const) : null) ??
          this.#judgeLoad(site));
    if (refusal === null) this.#open.add(site, this.#load.transfer, this.#table.room.free(site, this.#load));
    else this.#open.ruleOut(site, refusal.reason);
  }

  /** One site in question, or a limit of the whole cycle: its own words say more than a count. */
  #noDestination(asked: Asked, overVolume: Refusal | null): Refusal {
    if (overVolume !== null && this.#open.hasRuledOut('cycle-volume')) return overVolume;
    const only = this.#open.onlyRuledOut();
    if (only !== null) {
      const refusal = this.#judgeNamed(asked, only);
      if ('reason' in refusal) return refusal;
    }
    return this.#open.noDestination();
  }

  #assign(proposal: Proposal, bidder: Bidder, footprint: Footprint): ProposalOutcome {
    const { site, group, copies, handOvers, taken } = footprint;
    const bytes = this.#load.transfer;
    this.#table.room.charge(site, this.#load);
    this.volume += bytes;
    for (const { block, from } of taken) this.assignments.yield(from, block, bidder.name);
    const { name: plugin, priority } = bidder;
    this.assignments.add(new Assignment({ plugin, priority, proposal, site, group, copies, handOvers, bytes }));
    return { kind: 'taken', site, bytes };
  }

  #footprint(asked: Asked, site: number): Footprint {
    const { tables, room } = this.#table;
    return footprintAt(tables, { room, assignments: this.assignments, load: this.#load }, asked, site);
  }

  /** The number that this draw marks its sites with. */
  #touch(dataset: number): number {
    this.#draws += 1;
    const { datasets, datasetReplicas } = this.#table.tables;
    for (let row = datasets.firstReplica.get(dataset); row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
      this.#touched[datasetReplicas.site.get(row)] = this.#draws;
    }
    for (const { site } of this.assignments.of(dataset)) this.#touched[site] = this.#draws;
    return this.#draws;
  }

  #bytesOf({ blocks }: Asked): number {
    let bytes = 0;
    for (const block of blocks) bytes += this.#table.tables.blocks.size.get(block);
    return bytes;
  }

  /** Good until it is asked for the next time. */
  #blocksOf(dataset: number): readonly number[] {
    const { datasets, blocks } = this.#table.tables;
    const rows = this.#blockRows;
    rows.length = 0;
    for (let row = datasets.firstBlock.get(dataset); row !== NO_ROW; row = blocks.nextOfDataset.get(row))
      rows.push(row);
    return rows;
  }

  /** The first by name of the groups that own something of the blocks; the null group if none does. */
  #presentOwner(rows: readonly number[]): number {
    const { blocks, blockReplicas, groups } = this.#table.tables;
    let first = 0;
    for (const block of rows) {
      for (let row = blocks.firstReplica.get(block); row !== NO_ROW; row = blockReplicas.nextOfBlock.get(row)) {
        const group = blockReplicas.group.get(row);
        if (group === first || group === 0) continue;
        if (first === 0 || (groups.get(group)?.name ?? '') < (groups.get(first)?.name ?? '')) first = group;
      }
    }
    return first;
  }
}

function refused(refusal: Refusal): ProposalOutcome {
  return { kind: 'refused', refusal };
}
