import { type AttributeColumn, type AttributeProducer, DynamoError, NO_ROW } from '@dynamo/core';
import { resolveSites } from '../dealer/plugins/resolve-sites.ts';
import { sitesByName } from '../dealer/sites-by-name.ts';
import { standardVariable } from './standard-variable.ts';

/**
 * Supplies `dataset.on_protected_site`: a replica of the dataset is at one of these sites, names or globs. Fails for a
 * name or a glob that means no site: what it was to protect would be unprotected.
 */
export function protectedSites(patterns: readonly string[]): AttributeProducer {
  const variable = standardVariable('dataset.on_protected_site');
  return {
    name: 'protected sites',
    provides: [variable],
    async load({ tables }) {
      const { rows, faults } = resolveSites({ tables, sites: sitesByName(tables) }, patterns);
      if (faults.length > 0) throw new DynamoError('unavailable', faults.join('; '));
      const isProtected = new Uint8Array(tables.sites.rows);
      for (const row of rows) isProtected[row] = 1;
      const { datasets, datasetReplicas } = tables;
      const column: AttributeColumn = new Map(
        (function* () {
          for (let row = 0; row < datasets.rows; row++) {
            if (!datasets.isLive(row)) continue;
            let replica = datasets.firstReplica.get(row);
            while (replica !== NO_ROW && isProtected[datasetReplicas.site.get(replica)] === 0) {
              replica = datasetReplicas.nextOfDataset.get(replica);
            }
            if (replica !== NO_ROW) yield [datasets.name.get(row) ?? '', true] as const;
          }
        })(),
      );
      return new Map([[variable.name, column]]);
    },
  };
}
