import type { BlockReplicaKey, BlockReplicaRecord } from '../model/records.ts';
import { inBatches } from '../slices/in-batches.ts';
import { ReplicaBatch } from './replica-batch.ts';
import type { RowFinder } from './row-finder.ts';

/** The records of block replicas, looked up together; null where there is none. A generator would take twice as long. */
export class RecordsTogether implements IterableIterator<BlockReplicaRecord | null> {
  readonly #batches: Iterator<readonly BlockReplicaKey[]>;
  readonly #finder: RowFinder;
  readonly #recordOf: (key: BlockReplicaKey) => BlockReplicaRecord | null;
  readonly #batch = new ReplicaBatch();
  #some: readonly BlockReplicaKey[] = [];
  #at = 0;

  constructor(
    keys: Iterable<BlockReplicaKey>,
    finder: RowFinder,
    recordOf: (key: BlockReplicaKey) => BlockReplicaRecord | null,
  ) {
    this.#batches = inBatches(keys, ReplicaBatch.most);
    this.#finder = finder;
    this.#recordOf = recordOf;
  }

  next(): IteratorResult<BlockReplicaRecord | null> {
    if (this.#at === this.#some.length && !this.#findMore()) return { done: true, value: undefined };
    const at = this.#at++;
    const key = this.#some[at] as BlockReplicaKey;
    this.#finder.recall(key, this.#batch, at);
    return { done: false, value: this.#recordOf(key) };
  }

  return(): IteratorResult<BlockReplicaRecord | null> {
    this.#batches.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }

  #findMore(): boolean {
    const { done, value } = this.#batches.next();
    if (done === true) return false;
    this.#some = value;
    this.#at = 0;
    this.#finder.findTogether(value, this.#batch);
    return true;
  }
}
