/** How much of some blocks is at a site: what a plug-in needs to know before it proposes anything. */
import { type InventoryTables, NO_ROW, REPLICA_FLAG } from '@dynamo/core';

/** `coming`: every block is complete there or has its copy open. */
export type Presence = 'there' | 'coming' | 'missing';

/** A replica counts if it is of that group (null: of any) and not being deleted. No blocks are never there. */
export function presenceAt(
  { datasets, blocks, blockReplicas }: InventoryTables,
  dataset: number,
  wanted: readonly number[] | null,
  site: number,
  group: number | null,
): Presence {
  let presence: Presence = 'there';
  let any = false;
  const see = (block: number): boolean => {
    any = true;
    const row = blockReplicas.find(block, site);
    if (row === NO_ROW || (group !== null && blockReplicas.group.get(row) !== group)) return false;
    const flags = blockReplicas.flags.get(row);
    if ((flags & REPLICA_FLAG.deletionOpen) !== 0) return false;
    if ((flags & REPLICA_FLAG.partial) === 0) return true;
    presence = 'coming';
    return (flags & REPLICA_FLAG.copyOpen) !== 0;
  };
  if (wanted !== null) {
    for (const block of wanted) if (!see(block)) return 'missing';
  } else {
    for (let block = datasets.firstBlock.get(dataset); block !== NO_ROW; block = blocks.nextOfDataset.get(block)) {
      if (!see(block)) return 'missing';
    }
  }
  return any ? presence : 'missing';
}
