import { type Holding, type InventoryTables, isCovered, NO_ROW, REPLICA_FLAG } from '@dynamo/core';

/**
 * The first by name of the blocks that have a file without a source, or NO_ROW: a source is a replica that has the file, with no
 * deletion open, at a site that may be copied from; where replicas are partial, it is decided file by file.
 */
export function blockWithoutSource(
  { blocks, blockReplicas: replicas }: InventoryTables,
  rows: readonly number[],
  isSourceSite: Uint8Array,
): number {
  let lacking = NO_ROW;
  for (const block of rows) {
    let whole = false;
    let some = false;
    for (let row = blocks.firstReplica.get(block); row !== NO_ROW && !whole; row = replicas.nextOfBlock.get(row)) {
      const flags = replicas.flags.get(row);
      if ((flags & REPLICA_FLAG.deletionOpen) !== 0 || isSourceSite[replicas.site.get(row)] !== 1) continue;
      if ((flags & REPLICA_FLAG.partial) === 0) whole = true;
      else some = true;
    }
    if (whole || blocks.files.get(block) === 0) continue;
    if (some && isCoveredByParts({ blocks, blockReplicas: replicas }, block, isSourceSite)) continue;
    if (lacking === NO_ROW || blocks.name(block) < blocks.name(lacking)) lacking = block;
  }
  return lacking;
}

function isCoveredByParts(
  { blocks, blockReplicas: replicas }: Pick<InventoryTables, 'blocks' | 'blockReplicas'>,
  block: number,
  isSourceSite: Uint8Array,
): boolean {
  const parts: Holding[] = [];
  for (let row = blocks.firstReplica.get(block); row !== NO_ROW; row = replicas.nextOfBlock.get(row)) {
    if ((replicas.flags.get(row) & REPLICA_FLAG.deletionOpen) !== 0) continue;
    if (isSourceSite[replicas.site.get(row)] !== 1) continue;
    parts.push({ contents: replicas.partial.get(row)?.contents ?? { kind: 'unknown' } });
  }
  return isCovered({ contents: null }, parts, blocks.files.get(block));
}
