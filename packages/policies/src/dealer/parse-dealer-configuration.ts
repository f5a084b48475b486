/** The Dealer's configuration file, judged at once: every fault at its path, unknown keys refused. See docs/formats.md. */
import { siteVariables } from '@dynamo/core';
import { conditions } from './condition-fields.ts';
import { datasetVariables } from './dataset-conditions.ts';
import {
  DEFAULT_DEALER_CONFIGURATION,
  type DealerConfiguration,
  type PlacementRuleConfiguration,
  type PluginConfiguration,
} from './dealer-configuration.ts';
import { type DocumentFault, DocumentFields, documentError } from './document-fields.ts';
import { parsePlugin, type ReadDocument, refuseFurtherFiles } from './plugins/parse-plugin.ts';

export interface ParseDealerOptions {
  /** For messages. */
  readonly file?: string;
  /** For `rules_file`, relative to the configuration as its author meant it. */
  readonly readDocument?: ReadDocument;
}

/** `document`: as JSON or YAML gave it. Throws `invalid-input` with a line for each fault. */
export function parseDealerConfiguration(document: unknown, options: ParseDealerOptions = {}): DealerConfiguration {
  const faults: DocumentFault[] = [];
  const fields = new DocumentFields(document, '', faults);
  const fallback = DEFAULT_DEALER_CONFIGURATION;
  const configuration: DealerConfiguration = {
    partition: fields.text('partition', null),
    targetSites: conditions(fields, 'target_sites', siteVariables(), fallback.targetSites),
    sourceSites: conditions(fields, 'source_sites', siteVariables(), fallback.sourceSites),
    group: fields.text('group', null),
    targetSiteOccupancy: fields.number('target_site_occupancy', fallback.targetSiteOccupancy, { above: 0, max: 1 }),
    maxSitePendingFraction: fields.number('max_site_pending_fraction', fallback.maxSitePendingFraction, {
      above: 0,
      max: 1,
    }),
    maxTotalCycleVolume: fields.number('max_total_cycle_volume', fallback.maxTotalCycleVolume, { above: 0 }),
    placementRules: fields.list('placement_rules', placementRule),
    plugins: fields.has('plugins') ? readPlugins(fields, options.readDocument ?? refuseFurtherFiles) : fallback.plugins,
    listedPerReason: fields.number('listed_per_reason', fallback.listedPerReason, { min: 0, integer: true }),
  };
  fields.finish();
  if (faults.length === 0) refuseOtherPartitions(configuration, faults);
  if (faults.length > 0) throw documentError(faults, options.file);
  return configuration;
}

function placementRule(fields: DocumentFields): PlacementRuleConfiguration {
  return {
    name: fields.requiredText('name'),
    datasets: conditions(fields, 'datasets', datasetVariables()),
    sites: conditions(fields, 'sites', siteVariables()),
  };
}

function readPlugins(fields: DocumentFields, readDocument: ReadDocument): PluginConfiguration[] {
  return fields.list('plugins', (each) => parsePlugin(each, readDocument)).filter((each) => each !== null);
}

function refuseOtherPartitions({ partition, plugins }: DealerConfiguration, faults: DocumentFault[]): void {
  for (const [i, each] of plugins.entries()) {
    const path = `plugins[${i}]`;
    if (each.plugin === 'balancer' && partition === null) {
      faults.push({ path, what: 'the balancer balances a partition, and none is given', hint: 'set `partition`' });
    }
    if (each.plugin !== 'enforcer' || partition === null || each.rules.partition === null) continue;
    if (each.rules.partition === partition) continue;
    faults.push({ path, what: `the rules are for partition ${each.rules.partition}, not for ${partition}` });
  }
}
