import { throwIfAborted } from '../errors/aborted-error.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import type { Version } from '../seams/commit.ts';
import type { InventoryStore, LoadBatch, LoadedInventory } from '../seams/inventory-store.ts';
import { readWarmStart, type WarmStartKey } from '../warm-start/warm-start-file.ts';
import { InventoryState } from './inventory-state.ts';
import { LoadingState } from './loading-state.ts';
import { redoCommitted } from './redo-committed.ts';

export interface WarmStartOptions {
  /** Read in place of the store's records where it is of the store's version, or the log leads from it to that; see `saveWarmStart`. */
  readonly warmStartFile?: string;
  /** Told why a warm-start file was of no use. */
  readonly onWarning?: (message: string) => void;
}

/** So many commits are redone at the most: with more, a load takes less time. */
const MOST_REDONE = 10_000;

/** Builds a state from records in the order of ENTITIES. Throws `corrupt` for one that refers to something missing. */
export async function loadState(batches: AsyncIterable<LoadBatch>, signal?: AbortSignal): Promise<InventoryState> {
  const loading = new LoadingState();
  for await (const batch of batches) {
    throwIfAborted('loading the inventory', signal);
    if ('block' in batch) loading.addReplicas(batch);
    else for (const item of batch) loading.add(item);
  }
  return loading.state;
}

/**
 * The state of the store's version by the warm-start file, where there is one: as it is, or with what was committed since,
 * if the log says that the file is of this store's history. Else why not is told, and nothing is lost.
 */
export async function readWarmState(
  store: InventoryStore,
  { head, commit }: LoadedInventory,
  { warmStartFile, onWarning, signal }: WarmStartOptions & { readonly signal?: AbortSignal | undefined },
): Promise<InventoryState | undefined> {
  if (warmStartFile === undefined || commit === null) return undefined;
  const options = signal === undefined ? {} : { signal };
  const read = await readWarmStart(warmStartFile, (key) =>
    judgeKey(store, { version: head.version, commit }, key, options),
  );
  try {
    if (!read.ok) {
      if (read.why !== undefined) onWarning?.(`no warm start: ${read.why}`);
      return undefined;
    }
    return await redoSince(store, InventoryState.read(read.image), read.key.version as Version, head.version, options);
  } catch (error) {
    throwIfAborted('loading the inventory', signal);
    onWarning?.(`no warm start: ${warmStartFile}: ${(error as Error).message}`);
  }
  return undefined;
}

type FollowOptions = Parameters<InventoryStore['follow']>[1];

async function judgeKey(
  store: InventoryStore,
  present: WarmStartKey,
  key: WarmStartKey,
  options: FollowOptions,
): Promise<string | null> {
  const place = `it is of version ${key.version}, the store is at ${present.version}`;
  if (key.version === present.version) return key.commit === present.commit ? null : 'it is of another store';
  if (key.version > present.version || present.version - key.version > MOST_REDONE) return place;
  const followed = await store.follow((key.version - 1) as Version, options);
  if (followed.kind === 'too-old') return `${place}, and the log does not reach back to it`;
  for await (const { id } of followed.changes) return id === key.commit ? null : 'it is of another store';
  return place;
}

async function redoSince(
  store: InventoryStore,
  from: InventoryState,
  version: Version,
  head: Version,
  options: FollowOptions,
): Promise<InventoryState> {
  if (version === head) return from;
  const followed = await store.follow(version, options);
  if (followed.kind === 'too-old') throw new DynamoError('too-old', 'the log was cut meanwhile');
  let state = from;
  let at = version;
  for await (const committed of followed.changes) {
    if (at === head) break;
    ({ state } = await redoCommitted(state, at, committed));
    at = committed.version;
  }
  if (at !== head) throw new DynamoError('corrupt', `the log ends at version ${at}, the store is at ${head}`);
  return state;
}
