import { inSharedMemory } from '../columns/shared-memory.ts';
import type { BlockName, DatasetName } from '../model/names.ts';
import type { BlockReplicaRecord } from '../model/records.ts';
import type { ChangeOf } from './change-set.ts';
import { keyOf } from './record-key.ts';
import { canHold, ReplicaSides } from './replica-sides.ts';

export type ReplicaChange = ChangeOf<'blockReplica'>;

/** After each name, which are a dataset, its block, the next dataset; in Latin-1. */
const END = '\n'.charCodeAt(0);
const LAST_OF_LATIN1 = 0xff;
/** Of a dataset and its block, mostly enough. */
const NAME_BYTES = 128;

/** Changes of block replicas as bytes. */
export class PackedReplicas {
  readonly #names: Uint8Array;
  readonly #sides: ReplicaSides;

  constructor(names: Uint8Array, sides: ReplicaSides) {
    this.#names = names;
    this.#sides = sides;
  }

  unpack(): ReplicaChange[] {
    const names = this.#names;
    const texts = Buffer.from(names.buffer, names.byteOffset, names.length).toString('latin1').split('\n');
    return Array.from({ length: this.#sides.capacity }, (_, i): ReplicaChange => {
      const [dataset, block] = [texts[2 * i] as DatasetName, texts[2 * i + 1] as BlockName];
      const before = this.#sides.record(i, 0, dataset, block);
      const after = this.#sides.record(i, 1, dataset, block);
      const key = keyOf('blockReplica', (after ?? before) as BlockReplicaRecord);
      return { entity: 'blockReplica', key, before, after };
    });
  }
}

/** Packs some changes, one after the other. */
export class ReplicaPacker {
  readonly #sides: ReplicaSides;
  #names: Uint8Array;
  #nameBytes = 0;
  #count = 0;

  constructor(most: number) {
    this.#sides = new ReplicaSides(most);
    this.#names = inSharedMemory(Uint8Array, most * NAME_BYTES);
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.#sides.capacity;
  }

  /** False, and nothing is packed, where it would not come out as it is: a name that is not Latin-1, or see `canHold`. */
  add({ before, after }: ReplicaChange): boolean {
    const { dataset, block } = (after ?? before) as BlockReplicaRecord;
    if (!canHold(before) || !canHold(after)) return false;
    const nameBytes = this.#nameBytes;
    if (!this.#addName(dataset) || !this.#addName(block)) {
      this.#nameBytes = nameBytes;
      return false;
    }
    this.#sides.set(this.#count, 0, before);
    this.#sides.set(this.#count, 1, after);
    this.#count += 1;
    return true;
  }

  finish(): PackedReplicas {
    this.#sides.resize(this.#count);
    const names = inSharedMemory(Uint8Array, this.#nameBytes);
    names.set(this.#names.subarray(0, this.#nameBytes));
    return new PackedReplicas(names, this.#sides);
  }

  #addName(name: string): boolean {
    const end = this.#nameBytes + name.length;
    if (end >= this.#names.length) this.#widen(end + 1);
    const names = this.#names;
    for (let i = 0, at = this.#nameBytes; i < name.length; i++, at++) {
      const code = name.charCodeAt(i);
      if (code === END || code > LAST_OF_LATIN1) return false;
      names[at] = code;
    }
    names[end] = END;
    this.#nameBytes = end + 1;
    return true;
  }

  #widen(least: number): void {
    const wider = inSharedMemory(Uint8Array, 2 * least);
    wider.set(this.#names);
    this.#names = wider;
  }
}
