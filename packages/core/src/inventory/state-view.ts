/** The view over a state, whose objects are made at the edge. */
import { DynamoError } from '../errors/dynamo-error.ts';
import type {
  BlockReplicaKey,
  BlockReplicaRecord,
  Entity,
  EntityRecords,
  GroupRecord,
  LockRecord,
  PartitionRecord,
} from '../model/records.ts';
import type { Counters, Version } from '../seams/commit.ts';
import { DatasetOfState, SiteOfState, type StateSource } from './entity-views.ts';
import type { InventoryState } from './inventory-state.ts';
import { type InventoryTables, NO_ROW } from './tables.ts';
import type { DatasetView, InventoryView, SiteView } from './view.ts';

/** A view of a version; `onClose` is told once. */
export class StateView implements InventoryView, StateSource {
  readonly version: Version;
  #state: InventoryState | undefined;
  readonly #ended = new AbortController();
  readonly #onClose: () => void;

  constructor(state: InventoryState, version: Version, onClose: () => void = () => {}) {
    this.version = version;
    this.#state = state;
    this.#onClose = onClose;
  }

  get state(): InventoryState {
    if (this.#state === undefined) {
      if (this.ended.aborted) throw this.ended.reason;
      throw new DynamoError('closed', `the view of version ${this.version} was closed: take a new one`);
    }
    return this.#state;
  }

  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  get tables(): InventoryTables {
    return this.state;
  }

  get counters(): Counters {
    return this.state.counters;
  }

  dataset(name: string): DatasetView | undefined {
    const row = this.state.datasets.find(name);
    return row === NO_ROW ? undefined : new DatasetOfState(this, row);
  }

  site(name: string): SiteView | undefined {
    const row = this.state.sites.find(name);
    return row === NO_ROW ? undefined : new SiteOfState(this, row);
  }

  group(name: string): GroupRecord | undefined {
    return this.state.groups.get(this.state.groups.find(name));
  }

  partition(name: string): PartitionRecord | undefined {
    return this.state.partitions.get(this.state.partitions.find(name));
  }

  *datasets(): Generator<DatasetView> {
    for (let row = 0; row < this.state.datasets.rows; row++) {
      if (this.state.datasets.isLive(row)) yield new DatasetOfState(this, row);
    }
  }

  *sites(): Generator<SiteView> {
    for (let row = 0; row < this.state.sites.rows; row++) {
      if (this.state.sites.get(row) !== undefined) yield new SiteOfState(this, row);
    }
  }

  groups(): Iterable<GroupRecord> {
    return this.state.groups.values();
  }

  partitions(): Iterable<PartitionRecord> {
    return this.state.partitions.values();
  }

  locks(): Iterable<LockRecord> {
    return this.state.locks.values();
  }

  record<E extends Entity>(entity: E, key: string): EntityRecords[E] | null {
    return (this.state.get(entity, key) as EntityRecords[E] | null | undefined) ?? null;
  }

  blockReplicaRecords(keys: Iterable<BlockReplicaKey>): Iterable<BlockReplicaRecord | null> {
    return this.state.blockReplicasOf(keys);
  }

  close(): void {
    if (this.#state === undefined) return;
    this.#state = undefined;
    this.#onClose();
  }

  /** Closes the view against its holder's will; using it throws `reason` from now on. */
  end(reason: DynamoError): void {
    this.#ended.abort(reason);
    this.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
