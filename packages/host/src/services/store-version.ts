import type { Store, Version } from '@dynamo/core';

/** The version that the store has now, which another process may have moved on; 0: it is empty. */
export async function storeVersion(store: Pick<Store, 'inventory'>): Promise<Version> {
  const { head, records } = await store.inventory.load();
  // Begun and left: a store may hold a snapshot open until then.
  for await (const _ of records) break;
  return head.version;
}
