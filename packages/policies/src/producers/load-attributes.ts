import {
  type AttributeColumn,
  type AttributeProducer,
  DynamoError,
  type InventoryView,
  isDynamoError,
} from '@dynamo/core';
import { checkAttributeColumn } from './check-attribute-column.ts';

/**
 * What all producers supply for a view, by the name of the variable, for `planDetox`. Rejects when one fails or supplies
 * what means nothing, with its name: a missing attribute would look like `never used`. Where two provide the same variable the later one counts.
 */
export async function loadAttributes(
  view: InventoryView,
  producers: readonly AttributeProducer[],
  options: { readonly now: number; readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, AttributeColumn>> {
  const attributes = new Map<string, AttributeColumn>();
  for (const producer of producers) {
    const columns = await loadOne(view, producer, { ...options, supplied: attributes });
    for (const variable of producer.provides) {
      const { name } = variable;
      const column = columns.get(name);
      if (column === undefined) {
        throw new DynamoError('unavailable', `producer ${producer.name} did not supply ${name}, which it provides`);
      }
      checkAttributeColumn(producer.name, variable, column);
      attributes.set(name, column);
    }
  }
  return attributes;
}

async function loadOne(
  view: InventoryView,
  producer: AttributeProducer,
  options: Parameters<AttributeProducer['load']>[1],
): Promise<ReadonlyMap<string, AttributeColumn>> {
  try {
    return await producer.load(view, options);
  } catch (cause) {
    if (isDynamoError(cause, 'aborted')) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const code = isDynamoError(cause) ? cause.code : 'unavailable';
    throw new DynamoError(code, `producer ${producer.name} failed: ${reason}`, { cause });
  }
}
