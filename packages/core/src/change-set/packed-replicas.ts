import { REPLICA_OPERATIONS, type ReplicaOperation } from '../model/enumerations.ts';
import type { BlockName, DatasetName, GroupName, SiteName } from '../model/names.ts';
import type { BlockReplicaRecord, Partial } from '../model/records.ts';
import type { ChangeOf } from './change-set.ts';
import { keyOf } from './record-key.ts';

export type ReplicaChange = ChangeOf<'blockReplica'>;

/** Of a change: the code of its site, of its group before and after, what it is before and after, and both times. */
const WORDS = 6;
const AT = { site: 0, group: 1, bits: 3, time: 4 } as const;

/** Of one side. Its operation stands above. */
const BIT = { isThere: 1, isCustodial: 2, isPartial: 4 } as const;
const OPERATION_SHIFT = 3;
const SIDE_SHIFT = 8;

/** After each name, which are a dataset, its block, the next dataset; in Latin-1. */
const END = '\n'.charCodeAt(0);
const LAST_OF_LATIN1 = 0xff;
const NAME_BYTES = 128;

/** What cannot be told by a number: partial contents, before and after. */
type Sides = readonly [Partial | null, Partial | null];

interface Packed {
  readonly names: Uint8Array;
  readonly words: Uint32Array;
  /** Sites and groups by their codes. */
  readonly codes: readonly (string | null)[];
  readonly partials: ReadonlyMap<number, Sides>;
}

/** Changes of block replicas without an object for each: a collector of garbage has nothing to follow in them. */
export class PackedReplicas {
  readonly #packed: Packed;

  constructor(packed: Packed) {
    this.#packed = packed;
  }

  unpack(): ReplicaChange[] {
    const { names, words } = this.#packed;
    const texts = Buffer.from(names.buffer, names.byteOffset, names.length).toString('latin1').split('\n');
    return Array.from({ length: words.length / WORDS }, (_, i): ReplicaChange => {
      const [dataset, block] = [texts[2 * i] as DatasetName, texts[2 * i + 1] as BlockName];
      const before = this.#record(i, 0, dataset, block);
      const after = this.#record(i, 1, dataset, block);
      return {
        entity: 'blockReplica',
        key: keyOf('blockReplica', (after ?? before) as BlockReplicaRecord),
        before,
        after,
      };
    });
  }

  #record(i: number, side: 0 | 1, dataset: DatasetName, block: BlockName): BlockReplicaRecord | null {
    const { words, codes, partials } = this.#packed;
    const word = (at: number): number => words[i * WORDS + at] as number;
    const bits = word(AT.bits) >>> (side * SIDE_SHIFT);
    if ((bits & BIT.isThere) === 0) return null;
    return {
      dataset,
      block,
      site: codes[word(AT.site)] as SiteName,
      group: codes[word(AT.group + side)] as GroupName | null,
      custodial: (bits & BIT.isCustodial) !== 0,
      lastUpdate: word(AT.time + side),
      operation: REPLICA_OPERATIONS[(bits >>> OPERATION_SHIFT) & 3] as ReplicaOperation,
      partial: (bits & BIT.isPartial) === 0 ? null : (partials.get(i)?.[side] ?? null),
    };
  }
}

/** Packs some changes, one after the other. */
export class ReplicaPacker {
  readonly #words: Uint32Array;
  #names: Uint8Array;
  #nameBytes = 0;
  readonly #codes = new Map<string | null, number>();
  readonly #partials = new Map<number, Sides>();
  #count = 0;

  constructor(most: number) {
    this.#words = new Uint32Array(most * WORDS);
    this.#names = new Uint8Array(most * NAME_BYTES);
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return (this.#count + 1) * WORDS > this.#words.length;
  }

  /** False, and nothing is packed, where it would not come out as it is: a name that is not Latin-1, a time that is none. */
  add({ before, after }: ReplicaChange): boolean {
    const { dataset, block, site } = (after ?? before) as BlockReplicaRecord;
    if (!isTime(before) || !isTime(after)) return false;
    const nameBytes = this.#nameBytes;
    if (!this.#addName(dataset) || !this.#addName(block)) {
      this.#nameBytes = nameBytes;
      return false;
    }
    const at = this.#count * WORDS;
    this.#words[at + AT.site] = this.#codeOf(site);
    this.#words[at + AT.bits] = bitsOf(before) | (bitsOf(after) << SIDE_SHIFT);
    this.#addSide(at, before, 0);
    this.#addSide(at, after, 1);
    const sides: Sides = [before?.partial ?? null, after?.partial ?? null];
    if (sides[0] !== null || sides[1] !== null) this.#partials.set(this.#count, sides);
    this.#count += 1;
    return true;
  }

  finish(): PackedReplicas {
    return new PackedReplicas({
      names: this.#names.slice(0, this.#nameBytes),
      words: this.#words.slice(0, this.#count * WORDS),
      codes: [...this.#codes.keys()],
      partials: this.#partials,
    });
  }

  #addSide(at: number, record: BlockReplicaRecord | null, side: 0 | 1): void {
    if (record === null) return;
    this.#words[at + AT.group + side] = this.#codeOf(record.group);
    this.#words[at + AT.time + side] = record.lastUpdate;
  }

  #codeOf(name: string | null): number {
    let code = this.#codes.get(name);
    if (code === undefined) {
      code = this.#codes.size;
      this.#codes.set(name, code);
    }
    return code;
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
    const wider = new Uint8Array(2 * least);
    wider.set(this.#names);
    this.#names = wider;
  }
}

function bitsOf(record: BlockReplicaRecord | null): number {
  if (record === null) return 0;
  const { custodial, partial, operation } = record;
  const bits = BIT.isThere | (custodial ? BIT.isCustodial : 0) | (partial === null ? 0 : BIT.isPartial);
  return bits | (REPLICA_OPERATIONS.indexOf(operation) << OPERATION_SHIFT);
}

/** Whether the time is one that 32 bits hold. */
function isTime(record: BlockReplicaRecord | null): boolean {
  return record === null || record.lastUpdate >>> 0 === record.lastUpdate;
}
