import { inSharedMemory } from '../columns/shared-memory.ts';
import { AssertionFailed } from '../errors/assert.ts';
import { REPLICA_OPERATIONS, type ReplicaOperation } from '../model/enumerations.ts';
import type { BlockName, DatasetName, GroupName, SiteName } from '../model/names.ts';
import type { BlockReplicaRecord, Partial } from '../model/records.ts';
import { ReplicaRecord } from '../model/replica-record.ts';
import { sameRecord } from './same-record.ts';

/** Before a change, and after it. */
export type Side = 0 | 1;

/** Of a change: the code of its site, of its group before and after, what it is before and after, and both times. */
const WORDS = 6;
const AT = { site: 0, group: 1, bits: 3, time: 4 } as const;

/** Of one side. Its operation stands above. */
const BIT = { isThere: 1, isCustodial: 2 } as const;
const OPERATION_SHIFT = 2;
const OPERATION_MASK = 3;
const SIDE_SHIFT = 8;
const SIDE_MASK = (1 << SIDE_SHIFT) - 1;

/**
 * What block replicas are before and after changes, by the number of the change and without an object for each: a
 * collector of garbage has nothing to copy and to follow in it. Their names but for the sites are kept by whoever uses it.
 */
export class ReplicaSides {
  #words: Uint32Array;
  /** Sites and groups, of which there are few. */
  readonly #codes: Map<string | null, number> = new Map();
  readonly #named: (string | null)[] = [];
  readonly #partials: Map<number, readonly [Partial | null, Partial | null]> = new Map();

  constructor(capacity: number) {
    this.#words = inSharedMemory(Uint32Array, capacity * WORDS);
  }

  get capacity(): number {
    return this.#words.length / WORDS;
  }

  /** Room for more changes, or for those that there are and no more. */
  resize(capacity: number): void {
    const words = inSharedMemory(Uint32Array, capacity * WORDS);
    words.set(this.#words.subarray(0, words.length));
    this.#words = words;
  }

  /** Null: it is not there. See `canHold`. */
  set(
    i: number,
    side: Side,
    record: BlockReplicaRecord | null,
    partial: Partial | null = record?.partial ?? null,
  ): void {
    const at = i * WORDS;
    const words = this.#words;
    const other = (words[at + AT.bits] as number) & (SIDE_MASK << ((1 - side) * SIDE_SHIFT));
    words[at + AT.bits] = other | (bitsOf(record) << (side * SIDE_SHIFT));
    if (record !== null) {
      words[at + AT.site] = this.#codeOf(record.site);
      words[at + AT.group + side] = this.#codeOf(record.group);
      words[at + AT.time + side] = record.lastUpdate;
    }
    if (partial === null && this.#partials.size === 0) return;
    const before = side === 0 ? partial : this.#partial(i, 0);
    const after = side === 1 ? partial : this.#partial(i, 1);
    if (before === null && after === null) this.#partials.delete(i);
    else this.#partials.set(i, [before, after]);
  }

  isThere(i: number, side: Side): boolean {
    return (this.#bits(i, side) & BIT.isThere) !== 0;
  }

  /** Whether it is the same before and after. */
  isSame(i: number): boolean {
    const at = i * WORDS;
    const words = this.#words;
    return (
      this.#bits(i, 0) === this.#bits(i, 1) &&
      words[at + AT.time] === words[at + AT.time + 1] &&
      words[at + AT.group] === words[at + AT.group + 1] &&
      sameRecord(this.#partial(i, 0), this.#partial(i, 1))
    );
  }

  record(i: number, side: Side, dataset: DatasetName, block: BlockName): BlockReplicaRecord | null {
    const bits = this.#bits(i, side);
    if ((bits & BIT.isThere) === 0) return null;
    const at = i * WORDS;
    const site = this.#named[this.#words[at + AT.site] as number] as SiteName;
    return new ReplicaRecord(
      { dataset, block, site },
      this.#named[this.#words[at + AT.group + side] as number] as GroupName | null,
      (bits & BIT.isCustodial) !== 0,
      this.#words[at + AT.time + side] as number,
      REPLICA_OPERATIONS[(bits >>> OPERATION_SHIFT) & OPERATION_MASK] as ReplicaOperation,
      this.#partial(i, side),
    );
  }

  #bits(i: number, side: Side): number {
    return ((this.#words[i * WORDS + AT.bits] as number) >>> (side * SIDE_SHIFT)) & SIDE_MASK;
  }

  #partial(i: number, side: Side): Partial | null {
    return this.#partials.get(i)?.[side] ?? null;
  }

  #codeOf(name: string | null): number {
    let code = this.#codes.get(name);
    if (code === undefined) {
      code = this.#named.length;
      this.#named.push(name);
      this.#codes.set(name, code);
    }
    return code;
  }
}

/** Whether it comes out as it is: the time has 32 bits, and the operation is known. */
export function canHold(record: BlockReplicaRecord | null): boolean {
  if (record === null) return true;
  return record.lastUpdate >>> 0 === record.lastUpdate && REPLICA_OPERATIONS.includes(record.operation);
}

function bitsOf(record: BlockReplicaRecord | null): number {
  if (record === null) return 0;
  const { custodial, operation } = record;
  const code = REPLICA_OPERATIONS.indexOf(operation);
  if (code === -1) throw new AssertionFailed(`the operation of a replica is ${operation}`);
  return BIT.isThere | (custodial ? BIT.isCustodial : 0) | (code << OPERATION_SHIFT);
}
