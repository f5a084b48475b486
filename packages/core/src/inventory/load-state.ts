import { throwIfAborted } from '../errors/aborted-error.ts';
import type { InventoryRecord } from '../model/records.ts';
import type { LoadedInventory } from '../seams/inventory-store.ts';
import { readWarmStart } from '../warm-start/warm-start-file.ts';
import { InventoryState } from './inventory-state.ts';
import { loadRecord } from './load-record.ts';

export interface WarmStartOptions {
  /** Read in place of the store's records where it is of the store's very version; see `saveWarmStart`. */
  readonly warmStartFile?: string;
  /** Told why a warm-start file was of no use. */
  readonly onWarning?: (message: string) => void;
}

/** Builds a state from records in the order of ENTITIES. Throws `corrupt` for one that refers to something missing. */
export async function loadState(
  records: AsyncIterable<readonly InventoryRecord[]>,
  signal?: AbortSignal,
): Promise<InventoryState> {
  const state = InventoryState.empty();
  for await (const batch of records) {
    throwIfAborted('loading the inventory', signal);
    for (const { entity, record } of batch) loadRecord(state, { entity, record } as InventoryRecord);
  }
  return state;
}

/** The state of the warm-start file, where there is one and it is good; else why not is told, and nothing is lost. */
export async function readWarmState(
  { head, commit }: LoadedInventory,
  { warmStartFile, onWarning }: WarmStartOptions,
): Promise<InventoryState | undefined> {
  if (warmStartFile === undefined || commit === null) return undefined;
  const read = await readWarmStart(warmStartFile, { version: head.version, commit });
  try {
    if (read.ok) return InventoryState.read(read.image);
    if (read.why !== undefined) onWarning?.(`no warm start: ${read.why}`);
  } catch (error) {
    onWarning?.(`no warm start: ${warmStartFile}: ${(error as Error).message}`);
  }
  return undefined;
}
