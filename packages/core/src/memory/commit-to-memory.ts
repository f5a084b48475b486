import { applyChangeSet, type Change } from '../change-set/change-set.ts';
import { joinKey } from '../change-set/record-key.ts';
import { sameRecord } from '../change-set/same-record.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import type { OperationChange, OperationOutcome } from '../model/operation.ts';
import { operationTargetKey } from '../model/operation-target-key.ts';
import type { RequestRecord } from '../model/request.ts';
import type { Commit, CommitReceipt, Version } from '../seams/commit.ts';
import { putCycle } from './memory-history-store.ts';
import { queuedOperation } from './memory-operation-store.ts';
import { type MemoryOperation, type MemoryState, recordsOf } from './memory-state.ts';

/** Everything is checked before anything is changed, so that a refused commit leaves no trace. */
export function commitToMemory(state: MemoryState, commit: Commit): CommitReceipt {
  const earlier = state.receipts.get(commit.id);
  if (earlier !== undefined) return earlier;
  if (commit.base !== state.head.version) {
    throw conflict(`the store is at version ${state.head.version}, the commit was made on ${commit.base}`);
  }
  refuseTakenLfns(state, commit);
  refuseMovedRequests(state, commit);
  refuseUnknownOperations(state, commit);

  const version = (state.head.version + 1) as Version;
  applyChangeSet(
    {
      get: (entity, key) => recordsOf(state, entity).get(key) ?? null,
      put: (change) => putRecord(state, change, version),
      remove: (change) => removeRecord(state, change, version),
    },
    commit.changes,
  );
  moveOperations(state, commit);
  for (const { after } of commit.requests) state.requests.set(after.id, after);
  const cycle = commit.history === null ? null : putCycle(state, commit.history, version);

  const receipt: CommitReceipt = { version, cycle };
  const { id, authorship, changes, counters } = commit;
  state.log.push({ version, id, authorship, changes, counters });
  state.receipts.set(id, receipt);
  state.head = { version, counters };
  return receipt;
}

function putRecord(state: MemoryState, change: Change, version: Version): void {
  if (change.after === null) return;
  if (change.entity === 'file') {
    const spans = state.files.get(change.after.id) ?? [];
    const last = spans.at(-1);
    if (last !== undefined && change.before !== null) {
      last.gone = version;
      state.liveLfns.delete(change.before.lfn);
    }
    spans.push({ file: change.after, came: version, gone: Number.POSITIVE_INFINITY });
    state.files.set(change.after.id, spans);
    state.liveLfns.set(change.after.lfn, change.after.id);
  }
  recordsOf(state, change.entity).set(change.key, change.after);
}

function removeRecord(state: MemoryState, change: Change, version: Version): void {
  if (change.entity === 'file' && change.before !== null) {
    const last = state.files.get(change.before.id)?.at(-1);
    if (last !== undefined) last.gone = version;
    state.liveLfns.delete(change.before.lfn);
  }
  recordsOf(state, change.entity).delete(change.key);
}

/** Closings mean operations that were open before this commit. */
function moveOperations(state: MemoryState, { operations, authorship }: Commit): void {
  const version = (state.head.version + 1) as Version;
  for (const [operation, { outcome, detail }] of closings(state, operations)) {
    operation.closed = outcome;
    operation.end = { outcome, detail, version };
  }
  const busyUntil = new Map<string, number>();
  for (const { status, closed, deadline } of state.operations.values()) {
    if (closed !== 'cancelled' || status.state !== 'claimed' || deadline <= authorship.time) continue;
    const key = operationTargetKey(status.target);
    busyUntil.set(key, Math.max(deadline, busyUntil.get(key) ?? 0));
  }
  for (const change of operations) {
    if (change.kind !== 'open') continue;
    const { operation } = change;
    const notBefore = busyUntil.get(operationTargetKey(operation.target)) ?? 0;
    state.operations.set(operation.id, queuedOperation(operation, notBefore));
  }
}

/** Throws `conflict` for one that is not open. */
function closings(
  state: MemoryState,
  changes: readonly OperationChange[],
): ReadonlyMap<MemoryOperation, { readonly outcome: OperationOutcome; readonly detail: string }> {
  const open = [...state.operations.values()].filter(({ closed }) => closed === null);
  const byTarget = new Map(open.map((operation) => [operationTargetKey(operation.status.target), operation]));
  const closed = new Map<MemoryOperation, { readonly outcome: OperationOutcome; readonly detail: string }>();
  for (const change of changes) {
    if (change.kind === 'open') continue;
    const operation =
      change.kind === 'close'
        ? open.find(({ status }) => status.id === change.id)
        : byTarget.get(joinKey(change.dataset, change.block, change.site));
    if (operation === undefined) throw conflict(`the operation to be closed is not open: ${JSON.stringify(change)}`);
    closed.set(operation, change);
  }
  return closed;
}

function refuseTakenLfns(state: MemoryState, { changes }: Commit): void {
  const leaving = new Set<string>();
  const coming = new Set<string>();
  for (const change of changes.changes) {
    if (change.entity !== 'file') continue;
    if (change.before !== null) leaving.add(change.before.lfn);
    if (change.after === null) continue;
    const { lfn } = change.after;
    if (coming.has(lfn)) throw conflict(`two files are to have the LFN ${lfn}`, { lfn });
    coming.add(lfn);
  }
  for (const lfn of coming) {
    if (state.liveLfns.has(lfn) && !leaving.has(lfn)) throw conflict(`a file with the LFN ${lfn} exists`, { lfn });
  }
}

function refuseMovedRequests(state: MemoryState, { requests }: Commit): void {
  const moved = new Map<number, RequestRecord>();
  for (const { before, after } of requests) {
    const present = moved.get(after.id) ?? state.requests.get(after.id) ?? null;
    moved.set(after.id, after);
    if (!sameRecord(present, before)) throw conflict(`request ${after.id} has changed since`, { request: after.id });
  }
}

function refuseUnknownOperations(state: MemoryState, { operations }: Commit): void {
  closings(state, operations);
  for (const change of operations) {
    if (change.kind !== 'open' || !state.operations.has(change.operation.id)) continue;
    throw conflict(`operation ${change.operation.id} is there already`, { operation: change.operation.id });
  }
}

function conflict(message: string, data: Record<string, unknown> = {}): DynamoError<'conflict'> {
  return new DynamoError('conflict', message, { data });
}
