import { joinKey, keyOf } from '../change-set/record-key.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import { ENTITIES, type FileRecord, type InventoryRecord } from '../model/records.ts';
import type { Commit, CommitReceipt, Version } from '../seams/commit.ts';
import type { InventoryStore } from '../seams/inventory-store.ts';
import { inBatches } from '../slices/in-batches.ts';
import { commitToMemory } from './commit-to-memory.ts';
import { queuedOperation } from './memory-operation-store.ts';
import type { MemoryState } from './memory-state.ts';
import { blockKey, recordsOf } from './memory-state.ts';

const BATCH_RECORDS = 1000;

export function memoryInventoryStore(state: MemoryState, logLimit: number): InventoryStore {
  return {
    async load({ signal } = {}) {
      signal?.throwIfAborted();
      // Records are immutable, so that a copy of the list is a snapshot.
      const records = ENTITIES.filter((entity) => entity !== 'file').flatMap((entity) =>
        [...recordsOf(state, entity).values()].map((record) => ({ entity, record }) as InventoryRecord),
      );
      const last = state.log.at(-1);
      const commit = last?.version === state.head.version ? last.id : null;
      return { head: state.head, commit, records: batches(records) };
    },

    async commit(commit: Commit): Promise<CommitReceipt> {
      if (state.closed) throw new DynamoError('closed', 'the store is closed');
      const receipt = commitToMemory(state, commit);
      const surplus = state.log.length - logLimit;
      if (surplus > 0) {
        state.log.splice(0, surplus);
        state.logStart += surplus;
      }
      return receipt;
    },

    async follow(from) {
      if (from + 1 < state.logStart || from > state.head.version) {
        return { kind: 'too-old', oldest: state.logStart as Version };
      }
      return { kind: 'changes', changes: oneByOne(state.log.slice(from + 1 - state.logStart)) };
    },

    async baseline(head, records, { operations = [], requests = [], signal } = {}) {
      const whole: InventoryRecord[] = [];
      for await (const batch of records) {
        signal?.throwIfAborted();
        whole.push(...batch);
      }
      if (state.head.version !== 0) {
        throw new DynamoError('conflict', `the store is not empty, but at version ${state.head.version}`);
      }
      if (head.version < 1) throw new DynamoError('invalid-input', 'a baseline has at least version 1');
      assertLoadable(whole);
      for (const { entity, record } of whole) {
        if (entity === 'file') {
          state.files.set(record.id, [{ file: record, came: head.version, gone: Number.POSITIVE_INFINITY }]);
          state.liveLfns.set(record.lfn, record.id);
        }
        recordsOf(state, entity).set(keyOf(entity, record as never), record);
      }
      for (const operation of operations) state.operations.set(operation.id, queuedOperation(operation, 0));
      for (const request of requests) state.requests.set(request.id, request);
      state.logStart = head.version + 1;
      state.head = head;
    },
  };
}

/** Throws before anything is changed: the same record twice, an LFN twice, a file or replica without its block. */
function assertLoadable(records: readonly InventoryRecord[]): void {
  const seen = new Set<string>();
  for (const { entity, record } of records) {
    const names = [joinKey(entity, keyOf(entity, record as never))];
    if (entity === 'file') names.push(joinKey('lfn', record.lfn));
    for (const name of names) {
      if (seen.has(name)) throw new DynamoError('conflict', `${name.replaceAll('\t', ' ')} is there twice`);
      seen.add(name);
    }
    const block = entity === 'file' ? blockKey(record as FileRecord) : undefined;
    if (block !== undefined && !seen.has(joinKey('block', block))) {
      throw new DynamoError('conflict', `file ${keyOf(entity, record as never)} comes without its block`);
    }
  }
}

async function* batches(records: readonly InventoryRecord[]): AsyncGenerator<readonly InventoryRecord[]> {
  yield* inBatches(records, BATCH_RECORDS);
}

async function* oneByOne<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
