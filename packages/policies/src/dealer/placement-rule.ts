/** Where datasets may go: a rule says for some of them at which sites alone. */
import type { InventoryTables } from '@dynamo/core';
import { compileDatasetConditions } from './dataset-conditions.ts';
import type { DealerConfiguration } from './dealer-configuration.ts';
import { matchSites } from './site-conditions.ts';

export interface PlacementRule {
  readonly name: string;
  /** Rows of datasets and sites. */
  allows(dataset: number, site: number): boolean;
}

export function compilePlacementRules(
  tables: InventoryTables,
  { placementRules, partition }: DealerConfiguration,
  now: number,
): PlacementRule[] {
  return placementRules.map(({ name, datasets, sites }, i) => {
    const path = `placement_rules[${i}]`;
    const concerns = compileDatasetConditions(tables, datasets, { now, path: `${path}.datasets` });
    const allowed = matchSites(tables, sites, { now, partition, path: `${path}.sites` });
    return { name, allows: (dataset, site) => allowed[site] === 1 || !concerns(dataset) };
  });
}
