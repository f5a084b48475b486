import type { ChangeOf } from '../change-set/change-set.ts';
import { keyOf } from '../change-set/record-key.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import type { InventoryRecord } from '../model/records.ts';
import type { InventoryState } from './inventory-state.ts';
import { NO_ROW } from './tables.ts';

/**
 * Adds a record that was checked when it was written, and gives its row where it is a dataset, a block or a block
 * replica, else NO_ROW. Throws `corrupt` where it does not fit the others.
 */
export function loadRecord(state: InventoryState, { entity, record }: InventoryRecord): number {
  try {
    switch (entity) {
      case 'dataset':
        return state.putDataset(record);
      case 'block':
        return state.putBlock(record);
      case 'blockReplica':
        return state.putBlockReplica(record);
      case 'file':
        return NO_ROW;
      default:
        state.put({ entity, key: keyOf(entity, record as never), before: null, after: record } as ChangeOf<
          typeof entity
        > as never);
        return NO_ROW;
    }
  } catch (cause) {
    throw new DynamoError('corrupt', `${entity} ${keyOf(entity, record as never)} does not fit the records before it`, {
      cause,
    });
  }
}
