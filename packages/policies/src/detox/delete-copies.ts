import type { PartitionTest } from '@dynamo/core';
import { compareByteOrder } from '@dynamo/core';
import type { ChangeMarks } from './change-marks.ts';
import { DECISION, type Decisions, GUARD_LINE } from './decisions.ts';
import type { GuardInRun } from './guard-in-run.ts';
import { GrowingColumn } from './image/growing-column.ts';
import type { NewestUpdate } from './image/newest-update.ts';
import type { PartitionImage } from './image/partition-image.ts';
import type { LockMarks } from './lock-marks.ts';
import type { SiteFigures } from './site-figures.ts';

export interface RunParts {
  readonly image: PartitionImage;
  readonly sites: SiteFigures;
  readonly decisions: Decisions;
  readonly changes: ChangeMarks;
  readonly locks: LockMarks;
  /** Undefined: it is off. */
  readonly guard: GuardInRun | undefined;
  /** There if the policy asks for it. */
  readonly newest: NewestUpdate | undefined;
  readonly isInPartition: PartitionTest;
}

/** Deletes in the image, or hands over instead, as the page on the policy language says under Hand-over. */
export class Deleter {
  readonly #parts: RunParts;
  /** By group row: whether it owns dataset replicas as a whole; and the rank of its name. */
  readonly #ownsWhole: Uint8Array;
  readonly #rank: Uint16Array;
  /** Copies in the order in which they were deleted. */
  readonly deleted: GrowingColumn = new GrowingColumn();
  /** The dataset replica of each of those. */
  readonly deletedFrom: GrowingColumn = new GrowingColumn();
  /** Copies that were handed over, to the group of that row. */
  readonly handedOver: Map<number, number> = new Map();
  readonly #going = new GrowingColumn();

  constructor(parts: RunParts) {
    this.#parts = parts;
    const { groups } = parts.image.arrays.tables;
    const rows = Array.from({ length: groups.rows }, (_, row) => row);
    this.#ownsWhole = Uint8Array.from(rows, (row) => (groups.get(row)?.level === 'dataset' ? 1 : 0));
    this.#rank = new Uint16Array(groups.rows);
    const byName = rows.sort((a, b) => compareByteOrder(groups.get(a)?.name ?? '', groups.get(b)?.name ?? ''));
    for (const [rank, row] of byName.entries()) this.#rank[row] = rank;
  }

  /**
   * The copies of one replica, ascending, go by one line. Those that the guard refuses now stay. Returns the bytes deleted;
   * `onHandedOver` is called with each copy that was handed over and is still in the image.
   */
  delete(replica: number, copies: Uint32Array, line: number, onHandedOver: (copy: number) => void): number {
    const { image, decisions, changes, guard } = this.#parts;
    const dataset = image.arrays.replicaDataset[replica] as number;
    this.#going.clear();
    for (const copy of copies) {
      const rule = guard === undefined ? -1 : guard.judge(copy, dataset);
      if (rule < 0) this.#going.push(copy);
      else decisions.decide(copy, replica, DECISION.protect, GUARD_LINE + rule);
    }
    const limit = guard?.take(this.#going.values()) ?? -1;
    if (limit >= 0) {
      for (const copy of this.#going.values()) decisions.decide(copy, replica, DECISION.protect, GUARD_LINE + limit);
      this.#going.clear();
    }
    const heir = this.#heir(replica);
    let bytes = 0;
    for (const copy of this.#going.values()) {
      if (heir !== 0 && this.#ownsWhole[image.copyGroup[copy] as number] === 0) {
        guard?.giveBack(copy);
        if (this.#handOver(copy, replica, heir)) onHandedOver(copy);
      } else {
        bytes += image.copyBytes(copy);
        this.#delete(copy, replica, line);
      }
    }
    changes.changed(dataset);
    return bytes;
  }

  /** An empty replica on tape goes. */
  deleteEmpty(replica: number, line: number): void {
    const { image, decisions, changes } = this.#parts;
    image.emptyReplica[replica] = 0;
    decisions.decideEmpty(replica, DECISION.delete, line);
    changes.changed(image.arrays.replicaDataset[replica] as number);
  }

  /** The group that what goes is handed over to: 0 if what stays, if anything does, has no owner at dataset level. */
  #heir(replica: number): number {
    const { image } = this.#parts;
    const end = image.arrays.firstCopy[replica + 1] as number;
    let heir = 0;
    let next = 0;
    for (let copy = image.arrays.firstCopy[replica] as number; copy < end; copy++) {
      if (next < this.#going.length && this.#going.at(next) === copy) {
        next += 1;
        continue;
      }
      const group = image.copyGroup[copy] as number;
      if (!image.isLive(copy) || this.#ownsWhole[group] === 0) continue;
      if (heir === 0 || (this.#rank[group] as number) < (this.#rank[heir] as number)) heir = group;
    }
    return heir;
  }

  #delete(copy: number, replica: number, line: number): void {
    const { decisions, guard } = this.#parts;
    decisions.decide(copy, replica, DECISION.delete, line);
    guard?.remove(copy);
    this.#leave(copy, replica);
    this.deleted.push(copy);
    this.deletedFrom.push(replica);
    this.handedOver.delete(copy);
  }

  /** Whether the copy stays in the image. */
  #handOver(copy: number, replica: number, heir: number): boolean {
    const { image, decisions, locks, isInPartition } = this.#parts;
    this.handedOver.set(copy, heir);
    image.changeOwner(copy, replica, heir);
    locks.forget(copy);
    if (isInPartition(image.arrays.copyRow[copy] as number, heir)) return true;
    decisions.decide(copy, replica, DECISION.left, 0);
    this.#leave(copy, replica);
    return false;
  }

  #leave(copy: number, replica: number): void {
    const { image, sites, newest, changes } = this.#parts;
    const { tables, copyRow, replicaSite } = image.arrays;
    image.remove(copy, replica);
    sites.addUsed(replicaSite[replica] as number, -image.copyBytes(copy));
    const isNewer = newest?.remove(tables.blockReplicas.lastUpdate.get(copyRow[copy] as number)) ?? false;
    if (isNewer) changes.allChanged();
  }
}
