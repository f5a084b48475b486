import { joinKey } from '../change-set/record-key.ts';
import type { Deletable, InventoryDraft } from '../inventory/draft.ts';
import type { Reason } from '../model/operation.ts';
import type { DeletionDocument } from './deletion-document.ts';
import { type DocumentPlace, placed } from './document-place.ts';

/** What a deletion document did. Replicas are opened for deletion; their records go when the files have gone. */
export interface DeletionSummary {
  readonly datasets: number;
  readonly datasetReplicas: number;
  readonly blockReplicas: number;
  readonly sites: number;
  readonly groups: number;
}

/**
 * Applies a deletion document to a draft: intents, which the guard judges when the draft is committed. Throws with the
 * path of what cannot be deleted; the draft has to be dropped then. Sites and groups come last, and go only if nothing
 * names them.
 */
export function applyDeletion(draft: InventoryDraft, document: DeletionDocument, reason: Reason): DeletionSummary {
  let blockReplicas = 0;
  let datasetReplicas = 0;
  const remove = (entity: Deletable, key: string, place: DocumentPlace, path: string): void => {
    try {
      draft.delete(entity, key, reason);
    } catch (error) {
      throw placed(error, place, path);
    }
  };
  for (const { name, place } of document.datasets) remove('dataset', name, place, 'name');
  for (const { dataset, site, blocks, place } of document.datasetReplicas) {
    if (blocks === undefined) {
      remove('datasetReplica', joinKey(dataset, site), place, 'dataset');
      datasetReplicas += 1;
      continue;
    }
    for (const { block, place: at } of blocks) remove('blockReplica', joinKey(dataset, block, site), at, 'block');
    blockReplicas += blocks.length;
  }
  for (const { name, place } of document.sites) remove('site', name, place, 'name');
  for (const { name, place } of document.groups) remove('group', name, place, 'name');
  const { datasets, sites, groups } = document;
  return { datasets: datasets.length, datasetReplicas, blockReplicas, sites: sites.length, groups: groups.length };
}
