import type { ChangeOf } from '../change-set/change-set.ts';
import { keyOf } from '../change-set/record-key.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import type { InventoryRecord } from '../model/records.ts';
import type { InventoryState } from './inventory-state.ts';

/** Adds a record that was checked when it was written. Throws `corrupt` where it does not fit the others. */
export function loadRecord(state: InventoryState, { entity, record }: InventoryRecord): void {
  try {
    switch (entity) {
      case 'dataset':
        state.putDataset(record);
        return;
      case 'block':
        state.putBlock(record);
        return;
      case 'blockReplica':
        state.putBlockReplica(record);
        return;
      case 'file':
        return;
      default:
        state.put({ entity, key: keyOf(entity, record as never), before: null, after: record } as ChangeOf<
          typeof entity
        > as never);
    }
  } catch (cause) {
    throw new DynamoError('corrupt', `${entity} ${keyOf(entity, record as never)} does not fit the records before it`, {
      cause,
    });
  }
}
