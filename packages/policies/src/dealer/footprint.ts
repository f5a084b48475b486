/** What of a proposal's data is at a site already, what would be copied there, and what handed over. */
import { type InventoryTables, NO_ROW, REPLICA_FLAG } from '@dynamo/core';
import type { Assignment, Assignments } from './assignments.ts';
import type { Refusal } from './refusal.ts';
import type { Load, SiteRoom } from './site-room.ts';

export interface Footprint {
  readonly site: number;
  readonly group: number;
  /** Blocks (of `blocks` that were asked for) that need nothing: complete, or on their way. */
  readonly there: number;
  readonly coming: number;
  readonly copies: readonly number[];
  readonly handOvers: readonly number[];
  /** Of `copies`, blocks whose deletion there would be cancelled. */
  readonly cancelled: number;
  /** Blocks that a plug-in of lower priority was given for another group. */
  readonly taken: readonly { readonly block: number; readonly from: Assignment }[];
  /** Why nothing can be done there at all. */
  readonly obstacle: Refusal | null;
}

export interface Asked {
  readonly dataset: number;
  /** Block rows. */
  readonly blocks: readonly number[];
  /** Null: no preference; then `owner` is whose new replicas are. */
  readonly group: number | null;
  readonly owner: number;
  readonly priority: number;
  readonly rank: number;
  readonly handOverOnly: boolean;
}

interface BlockLoad {
  readonly ownedBy: number;
  readonly transfer: number;
  readonly sign: 1 | -1;
}

/** Fills `load` with what the site partitions would feel. */
export function footprintAt(
  tables: InventoryTables,
  { room, assignments, load }: { readonly room: SiteRoom; readonly assignments: Assignments; readonly load: Load },
  asked: Asked,
  site: number,
): Footprint {
  const { blockReplicas: replicas, groups } = tables;
  const { dataset, group, owner, priority, handOverOnly } = asked;
  let copies = NONE;
  let handOvers = NONE;
  let taken: Footprint['taken'] = NOTHING_TAKEN;
  const weighing: Weighing = { tables, room, load, dataset, site };
  const isAssigned = assignments.of(dataset).length > 0;
  let there = 0;
  let coming = 0;
  let cancelled = 0;
  let beingDeleted = false;
  let others: string | null = null;
  room.clear(load);
  for (const block of asked.blocks) {
    const row = replicas.find(block, site);
    const flags = row === NO_ROW ? 0 : replicas.flags.get(row);
    const assigned = isAssigned ? assignments.find(dataset, block, site) : undefined;
    if (assigned !== undefined) {
      // Without a hand-over, what is there already stays with its group.
      const held = row === NO_ROW || assigned.handOvers.has(block) ? assigned.group : replicas.group.get(row);
      const leaving = (flags & REPLICA_FLAG.deletionOpen) !== 0;
      if (group === null || held === group) coming += 1;
      else if (priority >= assigned.priority || leaving) others = firstOf(groups, others, held);
      else {
        const transfer = assigned.copies.has(block) ? missingOf(tables, block, row) : 0;
        taken = [...taken, { block, from: assigned }];
        if (assigned.copies.has(block)) copies = added(copies, block);
        if (row !== NO_ROW && replicas.group.get(row) !== group) handOvers = added(handOvers, block);
        weigh(weighing, block, row, { ownedBy: group, transfer, sign: 1 });
        weigh(weighing, block, row, { ownedBy: held, transfer, sign: -1 });
      }
      continue;
    }
    if (row === NO_ROW) {
      if (handOverOnly) continue;
      copies = added(copies, block);
      order(weighing, block, row, owner);
      continue;
    }
    const present = replicas.group.get(row);
    const same = group === null || present === group;
    if ((flags & REPLICA_FLAG.deletionOpen) !== 0) {
      if (!same) beingDeleted = true;
      else if (!handOverOnly) {
        copies = added(copies, block);
        cancelled += 1;
        order(weighing, block, row, present);
      }
      continue;
    }
    if ((flags & REPLICA_FLAG.copyOpen) !== 0) {
      if (same) coming += 1;
      else others = firstOf(groups, others, present);
      continue;
    }
    const complete = (flags & REPLICA_FLAG.partial) === 0;
    if (complete && same) {
      there += 1;
      continue;
    }
    if (!same) handOvers = added(handOvers, block);
    if (!complete && !handOverOnly) {
      copies = added(copies, block);
      order(weighing, block, row, same ? present : owner);
    } else if (!same) weigh(weighing, block, row, { ownedBy: owner, transfer: 0, sign: 1 });
  }
  const obstacle: Refusal | null = beingDeleted
    ? { reason: 'being-deleted', site }
    : others === null
      ? null
      : { reason: 'on-the-way-for-another-group', site, detail: others };
  return { site, group: owner, there, coming, copies, handOvers, cancelled, taken, obstacle };
}

/** Most footprints need nothing, and there are millions: they share their empty lists. */
const NONE: number[] = Object.freeze([]) as readonly number[] as number[];
const NOTHING_TAKEN: Footprint['taken'] = Object.freeze([]);

function added(rows: number[], row: number): number[] {
  if (rows === NONE) return [row];
  rows.push(row);
  return rows;
}

/** What a footprint is made with. */
interface Weighing {
  readonly tables: InventoryTables;
  readonly room: SiteRoom;
  readonly load: Load;
  readonly dataset: number;
  readonly site: number;
}

function order(weighing: Weighing, block: number, row: number, ownedBy: number): void {
  const transfer = missingOf(weighing.tables, block, row);
  weighing.load.transfer += transfer;
  weigh(weighing, block, row, { ownedBy, transfer, sign: 1 });
}

/** Bytes that are not there; of a replica with an open deletion nobody can say how much is left. */
function missingOf({ blocks, blockReplicas: replicas }: InventoryTables, block: number, row: number): number {
  const there = row !== NO_ROW && (replicas.flags.get(row) & REPLICA_FLAG.deletionOpen) === 0;
  return blocks.size.get(block) - (there ? replicas.size(row) : 0);
}

/** `sign` 1: as if the block came to be whole at the site under that owner; -1: takes that back. */
function weigh(weighing: Weighing, block: number, row: number, { ownedBy, transfer, sign }: BlockLoad): void {
  const { tables, room, load, dataset, site } = weighing;
  const { blockReplicas: replicas } = tables;
  const size = tables.blocks.size.get(block);
  for (let position = 0; position < room.partitions.length; position++) {
    if (!room.wouldBeIn(position, dataset, ownedBy, site)) continue;
    if (sign === 1) load.member[position] = 1;
    const isCounted = row !== NO_ROW && replicas.isIn(row, room.partitions[position] as number);
    const counted = isCounted ? replicas.size(row) : 0;
    load.added[position] = (load.added[position] as number) + sign * (size - counted);
    load.pending[position] = (load.pending[position] as number) + sign * transfer;
  }
}

/** The first by name: which block is seen first is of no account. */
function firstOf(groups: InventoryTables['groups'], known: string | null, row: number): string {
  const name = groups.get(row)?.name ?? 'None';
  return known === null || name < known ? name : known;
}
