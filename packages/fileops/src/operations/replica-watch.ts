import type { BlockReplicaKey, BlockReplicaView, FileId, InventoryView, Version } from '@dynamo/core';
import type { InventoryReader } from './context.ts';

export function replicaOf(
  view: InventoryView,
  { dataset, block, site }: BlockReplicaKey,
): BlockReplicaView | undefined {
  return view.dataset(dataset)?.block(block)?.replica(site);
}

/** Whether a condition on a replica holds now; looked at again only when the inventory has changed. */
export function watchReplica(
  inventory: InventoryReader,
  key: BlockReplicaKey,
  holds: (replica: BlockReplicaView, view: InventoryView) => boolean,
): () => boolean {
  let seen: { readonly version: number; readonly answer: boolean } | undefined;
  return () => {
    if (seen?.version !== inventory.version) {
      using view = inventory.view();
      const replica = replicaOf(view, key);
      seen = { version: view.version, answer: replica !== undefined && holds(replica, view) };
    }
    return seen.answer;
  };
}

/** Files whose records were removed after that version; null where the inventory does not remember so far back. */
export function lostFilesSince(inventory: InventoryReader, version: Version): ReadonlySet<FileId> | null {
  if (inventory.version === version) return NONE;
  const since = inventory.changesSince(version, { only: ['file'] });
  if (since.kind === 'too-old') return null;
  const lost = new Set<FileId>();
  for (const { changes } of since.changes) {
    for (const change of changes.changes) {
      if (change.entity === 'file' && change.before !== null && change.after === null) lost.add(change.before.id);
    }
  }
  return lost;
}

const NONE: ReadonlySet<FileId> = new Set();
