/** What a draft has written: the records before, the operations it opens and closes, and all else that one commit takes. */
import { type Change, type ChangeOf, type ChangeSet, changeSetInSlices } from '../change-set/change-set.ts';
import { joinKey, keyOf } from '../change-set/record-key.ts';
import { sameRecord } from '../change-set/same-record.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import type { OperationChange, OperationId, OperationOutcome, OperationTarget, Reason } from '../model/operation.ts';
import { plainConstructor } from '../model/plain-constructor.ts';
import type {
  BlockReplicaKey,
  BlockReplicaRecord,
  Entity,
  EntityRecords,
  FileId,
  FileRecord,
  Partial,
} from '../model/records.ts';
import type { RequestChange } from '../model/request.ts';
import type { Counters, HistoryRecord } from '../seams/commit.ts';
import { TimeSlice } from '../slices/time-slice.ts';
import type { InventoryState } from './inventory-state.ts';
import { WrittenReplicas } from './written-replicas.ts';

/** What a finished draft asks to be committed. */
export interface DraftOutcome {
  readonly changes: ChangeSet;
  readonly counters: Counters;
  readonly operations: readonly OperationChange[];
  readonly requests: readonly RequestChange[];
  readonly history: HistoryRecord | null;
  /** Block replicas whose deletion this draft opened: what the guard judges. */
  readonly intents: readonly BlockReplicaKey[];
}

/** Whether there is nothing to commit. */
export function isNothing({ changes, operations, requests, history }: Omit<DraftOutcome, 'intents'>): boolean {
  return changes.changes.length === 0 && operations.length === 0 && requests.length === 0 && history === null;
}

interface OpenedOperation {
  readonly id: OperationId;
  readonly target: OperationTarget;
  readonly reason: Reason;
}

export class DraftLedger {
  readonly addedFiles: Map<FileId, FileRecord> = new Map();
  readonly lostFiles: Map<FileId, FileRecord> = new Map();
  readonly intents: Map<string, BlockReplicaKey> = new Map();
  readonly requests: RequestChange[] = [];
  history: HistoryRecord | null = null;
  readonly #state: InventoryState;
  readonly #now: number;
  /** By entity and key, what was there before the first write. Of all but block replicas, of which there may be very many. */
  readonly #before = new Map<Entity, Map<string, EntityRecords[Entity] | null>>();
  readonly #replicas = new WrittenReplicas();
  /** By key, what was there before the first write: block replicas whose rows are free, or another's, by now. */
  readonly #removedReplicas = new Map<string, BlockReplicaRecord>();
  readonly #opened = new Map<string, OpenedOperation>();
  readonly #closed = new Map<string, OperationChange>();

  /** `now`: seconds since 1970, when operations are opened. */
  constructor(state: InventoryState, now: number) {
    this.#state = state;
    this.#now = now;
  }

  /** Writes to the state, and remembers what was there. Null: the record goes. */
  write<E extends Entity>(entity: E, key: string, after: EntityRecords[E] | null): void {
    const present = this.#state.get(entity, key) ?? null;
    if (entity === 'blockReplica') {
      if (after !== null) {
        this.writeReplica(after as BlockReplicaRecord);
        return;
      }
      this.#noteRemoval(key, present as BlockReplicaRecord);
    } else {
      let records = this.#before.get(entity);
      if (records === undefined) {
        records = new Map();
        this.#before.set(entity, records);
      }
      if (!records.has(key)) records.set(key, present);
    }
    const change = { entity, key, before: present, after } as Change;
    if (after === null) this.#state.remove(change);
    else this.#state.put(change);
  }

  /** `present`: what is there now, where that is known. */
  writeReplica(
    record: BlockReplicaRecord,
    present: BlockReplicaRecord | null = this.#state.blockReplica(record),
  ): void {
    const row = this.#state.putBlockReplica(record);
    const partial = plainPartial(record.partial);
    const at = this.#replicas.find(row);
    if (at === -1) this.#replicas.add(row, present ?? this.#takeRemoved(record), record, partial);
    else this.#replicas.setAfter(at, record, partial);
  }

  /** What was there of it before the draft, where the draft had removed it. */
  #takeRemoved(record: BlockReplicaRecord): BlockReplicaRecord | null {
    if (this.#removedReplicas.size === 0) return null;
    const key = keyOf('blockReplica', record);
    const removed = this.#removedReplicas.get(key) ?? null;
    this.#removedReplicas.delete(key);
    return removed;
  }

  /** While it still has its row. */
  #noteRemoval(key: string, present: BlockReplicaRecord): void {
    const row = this.#state.blockReplicaRow(present.dataset, present.block, present.site);
    const at = this.#replicas.find(row);
    const before = at === -1 ? present : this.#replicas.before(at);
    if (at !== -1) this.#replicas.takeOut(at);
    if (before !== null) this.#removedReplicas.set(key, before);
  }

  /** A number that nothing else has, once the draft is committed. */
  take(counter: keyof Counters): number {
    const { counters } = this.#state;
    this.#state.counters = { ...counters, [counter]: counters[counter] + 1 };
    return counters[counter];
  }

  open(target: OperationTarget, reason: Reason): OperationId {
    const id = this.take('nextOperation') as OperationId;
    this.#opened.set(slotOf(target), { target, reason, id });
    return id;
  }

  close(id: OperationId, detail: string): void {
    this.#closed.set(String(id), { kind: 'close', id, outcome: 'done', detail });
  }

  /** Closes the one of a replica. One opened in this very draft is as if it had never been; true then. */
  closeReplica(key: BlockReplicaKey, kind: 'copy' | 'delete', outcome: OperationOutcome, detail: string): boolean {
    const { dataset, block, site } = key;
    const wasOpenedHere = this.#opened.delete(slotOf({ kind, dataset, block, site }));
    if (!wasOpenedHere) {
      this.#closed.set(joinKey(dataset, block, site), { kind: 'close-replica', dataset, block, site, outcome, detail });
    }
    return wasOpenedHere;
  }

  /** The change set and all that goes with it, a slice at a time. */
  async finish(): Promise<DraftOutcome> {
    const changes = await changeSetInSlices(await this.#changes());
    const operations = [...this.#closed.values()];
    const slice = new TimeSlice();
    for (const { id, target, reason } of this.#opened.values()) {
      if (slice.isOver) await slice.next();
      operations.push({ kind: 'open', operation: { id, target, openedAt: this.#now, reason } });
    }
    return {
      changes,
      counters: this.#state.counters,
      operations,
      requests: this.requests,
      history: this.history,
      intents: [...this.intents.values()],
    };
  }

  /**
   * Takes over what another draft of the same base came to, a slice at a time. What it means to delete is read from the
   * changes themselves, so that the guard judges all of it. Throws `conflict` if it was made on something else.
   */
  async adopt({ changes, operations, requests, history, counters }: DraftOutcome): Promise<void> {
    const slice = new TimeSlice();
    for (const change of changes.changes) {
      if (slice.isOver) await slice.next();
      this.#adoptChange(change);
    }
    for (const change of operations) {
      if (change.kind === 'open') this.#opened.set(slotOf(change.operation.target), change.operation);
      else if (change.kind === 'close') this.#closed.set(String(change.id), change);
      else this.#closed.set(joinKey(change.dataset, change.block, change.site), change);
    }
    this.requests.push(...requests);
    this.history = history;
    this.#state.counters = counters;
  }

  #adoptChange({ entity, key, before, after }: Change): void {
    if (entity === 'file') {
      if (after !== null) this.addedFiles.set(after.id, after);
      else if (before !== null) this.lostFiles.set(before.id, before);
      return;
    }
    if (!sameRecord(this.#state.get(entity, key) ?? null, before)) {
      throw new DynamoError('conflict', `${entity} ${key.replaceAll('\t', ' ')} has changed since the draft was begun`);
    }
    this.write(entity, key, after);
    if (entity === 'blockReplica' && after?.operation === 'delete' && before?.operation !== 'delete') {
      this.intents.set(key, { dataset: after.dataset, block: after.block, site: after.site });
    }
  }

  async #changes(): Promise<Change[]> {
    const slice = new TimeSlice();
    const changes: Change[] = [];
    const replicas = this.#replicas;
    for (let at = 0; at < replicas.count; at++) {
      if (slice.isOverAt(at)) await slice.next();
      const after = replicas.isSame(at) ? null : replicas.after(at);
      if (after !== null) changes.push(new ReplicaChanged(replicas.before(at), after));
    }
    for (const [key, before] of this.#removedReplicas) {
      if (slice.isOver) await slice.next();
      changes.push({ entity: 'blockReplica', key, before, after: null });
    }
    for (const [entity, records] of this.#before) {
      for (const [key, before] of records) {
        if (slice.isOver) await slice.next();
        const after = this.#state.get(entity, key) ?? null;
        if (!sameRecord(before, after)) changes.push({ entity, key, before, after } as Change);
      }
    }
    for (const file of this.addedFiles.values()) {
      if (slice.isOver) await slice.next();
      changes.push({ entity: 'file', key: String(file.id), before: null, after: file });
    }
    for (const file of this.lostFiles.values()) {
      changes.push({ entity: 'file', key: String(file.id), before: file, after: null });
    }
    return changes;
  }
}

/** Of which a large commit has very many. */
const ReplicaChanged = plainConstructor<
  ChangeOf<'blockReplica'>,
  [before: BlockReplicaRecord | null, after: BlockReplicaRecord]
>(function (before, after) {
  this.entity = 'blockReplica';
  this.key = keyOf('blockReplica', after);
  this.before = before;
  this.after = after;
});

/** A writer's own object may have more in it, and may be changed by whoever has it. */
function plainPartial(partial: Partial | null): Partial | null {
  if (partial === null) return null;
  const { size, files, contents } = partial;
  return {
    ...{ size, files },
    contents: contents.kind === 'unknown' ? { kind: 'unknown' } : { kind: contents.kind, ids: contents.ids },
  };
}

function slotOf(target: OperationTarget): string {
  if (target.kind === 'delete-path') return joinKey(target.kind, target.site, target.path);
  return joinKey(target.kind, target.dataset, target.block, target.site);
}
