/** Copies that have just come are left alone for a while, so that Detox and Dealer do not work against each other. */
import { DATASET_STATUSES, type GuardRule, NO_ROW } from '@dynamo/core';

export interface FreshCopyOptions {
  /** How long after the last file of a block replica has come, or its copy was ordered. */
  readonly seconds: number;
}

/**
 * A rule of the guard. Datasets that turned out to be wrong (`invalid`, `deleted`) are exempt, as they are from the
 * built-in rules; so are sites that are not ready, since they are being emptied.
 */
export function freshCopyRule({ seconds }: FreshCopyOptions): GuardRule {
  return {
    name: 'fresh-copy',
    judge({ tables }, { dataset, block, site }, now) {
      const { datasets, blocks, blockReplicas, sites } = tables;
      const datasetRow = datasets.find(dataset);
      const blockRow = datasetRow === NO_ROW ? NO_ROW : blocks.find(datasetRow, block);
      const siteRow = sites.find(site);
      const row = blockRow === NO_ROW || siteRow === NO_ROW ? NO_ROW : blockReplicas.find(blockRow, siteRow);
      if (row === NO_ROW || sites.get(siteRow)?.status !== 'ready') return null;
      const status = DATASET_STATUSES[datasets.status.get(datasetRow)];
      if (status === 'invalid' || status === 'deleted') return null;
      const left = blockReplicas.lastUpdate.get(row) + seconds - now;
      return left > 0 ? `it came only lately, and is left alone for ${left} more seconds` : null;
    },
  };
}
