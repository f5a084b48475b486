import type { Entity } from '../model/records.ts';
import type { Steps, TimeSlice } from '../slices/time-slice.ts';
import type { Change } from './change-set.ts';
import { PackedReplicas, ReplicaPacker } from './packed-replicas.ts';

const BATCH = 1024;

/**
 * Changes to be kept for long. A history of large commits is a million objects, which a collector of garbage copies twice
 * while they are young, and follows after that; readers wait meanwhile. Here those of block replicas, which make up a large
 * commit, are bytes.
 */
export class PackedChanges {
  /** In the order of the changes. */
  readonly #parts: readonly (PackedReplicas | readonly Change[])[];

  private constructor(parts: readonly (PackedReplicas | readonly Change[])[]) {
    this.#parts = parts;
  }

  static *of(changes: readonly Change[], slice: TimeSlice): Steps<PackedChanges> {
    const parts: (PackedReplicas | Change[])[] = [];
    let packer: ReplicaPacker | undefined;
    const close = (): void => {
      if (packer !== undefined && packer.count > 0) parts.push(packer.finish());
      packer = undefined;
    };
    for (let i = 0; i < changes.length; i++) {
      if (slice.isOverAt(i)) yield;
      const change = changes[i] as Change;
      if (change.entity === 'blockReplica') {
        packer ??= new ReplicaPacker(BATCH);
        if (packer.add(change)) {
          if (packer.isFull) close();
          continue;
        }
      }
      close();
      const last = parts.at(-1);
      if (Array.isArray(last)) last.push(change);
      else parts.push([change]);
    }
    close();
    return new PackedChanges(parts);
  }

  /** All changes, or those of the entities that are wanted. */
  unpack(isWanted: (entity: Entity) => boolean = () => true): readonly Change[] {
    const changes: Change[] = [];
    for (const part of this.#parts) {
      if (part instanceof PackedReplicas) {
        if (isWanted('blockReplica')) for (const change of part.unpack()) changes.push(change);
      } else {
        for (const change of part) if (isWanted(change.entity)) changes.push(change);
      }
    }
    return changes;
  }
}
