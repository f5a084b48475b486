/** What the Dealer is told. Conditions are texts in the policy language, checked when the document is parsed. */

export interface DealerConfiguration {
  /**
   * The partition whose quotas bound the work; a copy that would not be in it is refused. Null: every partition with a
   * stated quota at the site bounds the copies that would be in it.
   */
  readonly partition: string | null;
  /** Site conditions, any of which makes a ready site a destination. */
  readonly targetSites: readonly string[];
  /** Site conditions, any of which lets replicas there be copied from. */
  readonly sourceSites: readonly string[];
  /** Owner of copies that no proposal names one for; null: the first, by name, that has the dataset already. */
  readonly group: string | null;
  /** Projected bytes / quota of a site partition that a copy may lead to, at most. */
  readonly targetSiteOccupancy: number;
  /** Bytes on their way to a site partition / quota, at most. */
  readonly maxSitePendingFraction: number;
  /** Bytes that one cycle may order, at most. */
  readonly maxTotalCycleVolume: number;
  readonly placementRules: readonly PlacementRuleConfiguration[];
  readonly plugins: readonly PluginConfiguration[];
  /** Refused proposals that the plan lists for each reason; all are counted. */
  readonly listedPerReason: number;
}

/** Datasets that any of `datasets` holds for may go only to sites that any of `sites` holds for. */
export interface PlacementRuleConfiguration {
  readonly name: string;
  readonly datasets: readonly string[];
  readonly sites: readonly string[];
}

interface Prioritised {
  /** 0: first, alone; else drawn with weight 1 / priority. */
  readonly priority: number;
}

export interface CopyRequestsConfiguration extends Prioritised {
  readonly plugin: 'copy_requests';
  /** A request for more than this part of a dataset's blocks is served with the whole dataset. */
  readonly wholeDatasetFraction: number;
}

export type PluginConfiguration = CopyRequestsConfiguration;

/** What is done without a configuration: copy requests, to ready disk sites. */
export const DEFAULT_DEALER_CONFIGURATION: DealerConfiguration = Object.freeze({
  partition: null,
  targetSites: Object.freeze(['site.storage_type == DISK']),
  sourceSites: Object.freeze(['site.status != UNKNOWN']),
  group: null,
  targetSiteOccupancy: 0.9,
  maxSitePendingFraction: 0.2,
  maxTotalCycleVolume: 100e12,
  placementRules: Object.freeze([]),
  plugins: Object.freeze([Object.freeze({ plugin: 'copy_requests', priority: 0, wholeDatasetFraction: 0.5 } as const)]),
  listedPerReason: 1000,
});
