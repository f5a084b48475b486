/** More copies of what is asked for: their number follows the weight of the requests for a dataset. */
import { NO_ROW } from '@dynamo/core';
import type { PopularityConfiguration } from '../dealer-configuration.ts';
import type { DealerContext, DealerPlugin, Proposal } from '../dealer-plugin.ts';
import { readyDisks } from '../ready-disks.ts';
import { Survey } from '../survey.ts';

export function popularity(options: Omit<PopularityConfiguration, 'plugin' | 'priority'>): DealerPlugin {
  return {
    name: 'popularity',
    propose(context) {
      const proposals: Proposal[] = [];
      const copies = copyCounter(context);
      let weighted = 0;
      for (const { dataset, weight } of weights(context, options.attribute)) {
        weighted += 1;
        const wanted = Math.min(
          options.maxCopies,
          context.targets.length,
          1 + Math.floor(weight / options.weightPerCopy),
        );
        if (context.tables.datasets.size.get(dataset) > options.maxDatasetSize) continue;
        const missing = wanted - copies(dataset);
        const reason = `request weight ${weight}, ${wanted} ${wanted === 1 ? 'copy' : 'copies'} wanted`;
        for (let i = 0; i < missing; i++) {
          proposals.push({ dataset, blocks: null, destinations: null, group: null, rank: weight, reason });
        }
      }
      return { proposals, conclude: () => ({ report: { weighted_datasets: weighted } }) };
    },
  };
}

/** Values of the cycle's producers; where there are none, the stored attributes. */
function* weights(
  { tables, attributes }: DealerContext,
  attribute: string,
): Generator<{ dataset: number; weight: number }> {
  const { datasets } = tables;
  const produced = attributes.get(`dataset.${attribute}`);
  if (produced !== undefined) {
    for (const [name, weight] of produced) {
      const dataset = datasets.find(name);
      if (dataset !== NO_ROW && typeof weight === 'number' && weight > 0) yield { dataset, weight };
    }
    return;
  }
  for (let dataset = 0; dataset < datasets.rows; dataset++) {
    if (!datasets.isLive(dataset)) continue;
    const weight = datasets.attributes.get(dataset)?.[attribute];
    if (typeof weight === 'number' && weight > 0) yield { dataset, weight };
  }
}

/** Full ones and those on their way, of any group, at ready disk sites. */
function copyCounter({ tables }: DealerContext): (dataset: number) => number {
  const { datasets, datasetReplicas } = tables;
  const counts = readyDisks(tables);
  const survey = new Survey(tables);
  return (dataset) => {
    let copies = 0;
    survey.see(dataset);
    for (let row = datasets.firstReplica.get(dataset); row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
      const site = datasetReplicas.site.get(row);
      if (counts[site] === 1 && survey.presence(site) !== 'missing') copies += 1;
    }
    return copies;
  };
}
