import type { DatasetTable, InventoryTables, ReadObjects } from '@dynamo/core';

/** The same tables, but each dataset's name is decoded once: several plug-ins ask for those of a million. */
export function withRememberedNames(tables: InventoryTables): InventoryTables {
  const { datasets, blocks, blockReplicas, datasetReplicas, sites, groups, partitions, sitePartitions } = tables;
  const known: (string | undefined)[] = new Array<undefined>(datasets.rows).fill(undefined);
  const name: ReadObjects<string> = {
    get(row) {
      const found = known[row];
      if (found !== undefined) return found;
      const decoded = datasets.name.get(row);
      known[row] = decoded;
      return decoded;
    },
  };
  const remembering: DatasetTable = {
    rows: datasets.rows,
    isLive: (row) => datasets.isLive(row),
    find: (text) => datasets.find(text),
    name,
    status: datasets.status,
    lastUpdate: datasets.lastUpdate,
    isOpen: datasets.isOpen,
    softwareVersion: datasets.softwareVersion,
    dataType: datasets.dataType,
    attributes: datasets.attributes,
    firstBlock: datasets.firstBlock,
    firstReplica: datasets.firstReplica,
    size: datasets.size,
    blocks: datasets.blocks,
  };
  return { datasets: remembering, blocks, blockReplicas, datasetReplicas, sites, groups, partitions, sitePartitions };
}
