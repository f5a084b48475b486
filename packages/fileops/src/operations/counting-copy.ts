import type { FileRecord, InventoryView } from '@dynamo/core';
import { holding } from './choose-sources.ts';

/** Whether a replica elsewhere than at `site` has the file and counts: ready and verified site, no deletion open. */
export function hasCountingCopy(view: InventoryView, { id, dataset, block }: FileRecord, site: string): boolean {
  for (const replica of view.dataset(dataset)?.block(block)?.replicas() ?? []) {
    const { status, isVerified, name } = replica.site;
    if (name === site || status !== 'ready' || !isVerified || replica.operation === 'delete') continue;
    if (holding(replica.contents)(id)) return true;
  }
  return false;
}
