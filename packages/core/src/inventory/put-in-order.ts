/** Months of inserts and deletes scatter the replicas of a block over memory: this brings them together again. */
import { throwIfAborted } from '../errors/aborted-error.ts';
import { assert } from '../errors/assert.ts';
import { TimeSlice } from '../slices/time-slice.ts';
import type { InventoryState } from './inventory-state.ts';
import { NO_ROW } from './tables.ts';

/** A state with the same content, the block replicas in rows by dataset and block; a slice at a time. */
export async function inOrder(state: InventoryState, signal?: AbortSignal): Promise<InventoryState> {
  const next = state.fork();
  const { datasets, blocks } = next;
  const replicas = next.beginReplicas();
  const slice = new TimeSlice();
  for (let dataset = 0; dataset < datasets.rows; dataset++) {
    if (!datasets.isLive(dataset)) continue;
    for (let block = datasets.firstBlock.get(dataset); block !== NO_ROW; block = blocks.nextOfDataset.get(block)) {
      replicas.moveFrom(state.blockReplicas, block);
      if (!slice.isOver) continue;
      throwIfAborted('putting the inventory in order', signal);
      await slice.next();
    }
  }
  assert(replicas.live === state.blockReplicas.live, 'every block replica is one of a block');
  return next;
}
