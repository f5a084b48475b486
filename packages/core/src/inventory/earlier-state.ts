import { applyInSlices, type ChangeSet, invertInSlices } from '../change-set/change-set.ts';
import { throwIfAborted } from '../errors/aborted-error.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import type { CommittedChange, Counters, Version } from '../seams/commit.ts';
import type { InventoryStore } from '../seams/inventory-store.ts';
import type { InventoryState } from './inventory-state.ts';

/**
 * The state of an earlier version: the present one, with every commit of the log since undone, newest first. Each undoing
 * compares what is there with what the log says first. Rejects with `not-found` for a version that is not made yet, with
 * `too-old` where the log does not reach back to it.
 */
export async function earlierState(
  store: InventoryStore,
  present: { readonly state: InventoryState; readonly version: Version },
  version: Version,
  signal: AbortSignal | undefined,
): Promise<InventoryState> {
  if (version > present.version || version < 0) {
    throw new DynamoError(
      'not-found',
      `there is no version ${version}: the inventory is at version ${present.version}`,
    );
  }
  const { undone, counters } = await readSince(store, present.version, version, signal);
  const state = present.state.fork();
  for (const changes of undone.reverse()) {
    throwIfAborted('going back in the log', signal);
    await applyInSlices(state, await invertInSlices(changes));
  }
  if (counters !== null) state.counters = counters;
  return state;
}

/** The change sets of versions (from, to], oldest first, and the counters of `from` where the log still has them. */
async function readSince(
  store: InventoryStore,
  to: Version,
  from: Version,
  signal: AbortSignal | undefined,
): Promise<{ readonly undone: ChangeSet[]; readonly counters: Counters | null }> {
  const before = (from - 1) as Version;
  let changes = from === 0 ? null : await follow(store, before, signal);
  changes ??= await follow(store, from, signal);
  if (changes === null) {
    throw new DynamoError('too-old', `the log does not reach back to version ${from} any more`, {
      data: { version: from },
    });
  }
  const undone: ChangeSet[] = [];
  let counters: Counters | null = null;
  for await (const commit of changes) {
    throwIfAborted('reading the log', signal);
    if (commit.version > to) break;
    if (commit.version <= from) counters = commit.counters;
    else undone.push(commit.changes);
  }
  return { undone, counters };
}

async function follow(
  store: InventoryStore,
  version: Version,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<CommittedChange> | null> {
  const followed = await store.follow(version, signal === undefined ? {} : { signal });
  return followed.kind === 'changes' ? followed.changes : null;
}
