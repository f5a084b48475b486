import type { InventoryTables } from '@dynamo/core';

/** By site row: 1 where copies are on disk, and the site is ready. */
export function readyDisks({ sites }: InventoryTables): Uint8Array {
  return Uint8Array.from({ length: sites.rows }, (_, row) => {
    const site = sites.get(row);
    return site?.storage === 'disk' && site.status === 'ready' ? 1 : 0;
  });
}
