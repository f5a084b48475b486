/** What the Dealer is told. Conditions are texts in the policy language, checked when the document is parsed. */
import type { EnforcerRules } from './rules/copy-rule.ts';

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
  /** Owner of copies that no proposal names one for; null: the first, by name, that owns some of the data already. */
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

export interface PopularityConfiguration extends Prioritised {
  readonly plugin: 'popularity';
  /** The attribute of datasets with the weight of the requests for them: `request_weight`, the variable `dataset.request_weight`. */
  readonly attribute: string;
  /** One copy, and one more for each full such weight, up to `maxCopies`. */
  readonly weightPerCopy: number;
  readonly maxCopies: number;
  /** Bytes; larger datasets are left alone. */
  readonly maxDatasetSize: number;
}

export interface BalancerConfiguration extends Prioritised {
  readonly plugin: 'balancer';
  /** Highest less lowest protected fraction at which it rests. */
  readonly maxSpread: number;
  /** Bytes; larger datasets are left alone. */
  readonly maxDatasetSize: number;
}

export interface UndertakerConfiguration extends Prioritised {
  readonly plugin: 'undertaker';
  /** Site conditions, any of which makes a site one to leave. */
  readonly sites: readonly string[];
  /** Names of sites to leave besides. */
  readonly named: readonly string[];
  readonly rates: {
    /** Of a site that `sites` does not name. */
    readonly bytesPerSecond: number;
    readonly sites: ReadonlyMap<string, number>;
  };
}

export interface EnforcerConfiguration extends Prioritised {
  readonly plugin: 'enforcer';
  readonly rules: EnforcerRules;
}

/** The rules of users, which are given to each run. */
export interface UserRulesConfiguration extends Prioritised {
  readonly plugin: 'rules';
}

export interface GroupHandOverConfiguration extends Prioritised {
  readonly plugin: 'group_hand_over';
  readonly rules: readonly HandOverRule[];
}

/** Null: the null group. Conditions are OR'ed. */
export interface HandOverRule {
  readonly from: string | null;
  readonly to: string | null;
  readonly datasets: readonly string[];
  readonly sites: readonly string[];
}

export type PluginConfiguration =
  | CopyRequestsConfiguration
  | EnforcerConfiguration
  | UserRulesConfiguration
  | PopularityConfiguration
  | BalancerConfiguration
  | UndertakerConfiguration
  | GroupHandOverConfiguration;

/** What is done without a configuration: copy requests and the rules of users, at ready disk sites. */
export const DEFAULT_DEALER_CONFIGURATION: DealerConfiguration = Object.freeze({
  partition: null,
  targetSites: Object.freeze(['site.storage_type == DISK']),
  sourceSites: Object.freeze(['site.status != UNKNOWN']),
  group: null,
  targetSiteOccupancy: 0.9,
  maxSitePendingFraction: 0.2,
  maxTotalCycleVolume: 100e12,
  placementRules: Object.freeze([]),
  plugins: Object.freeze([
    Object.freeze({ plugin: 'copy_requests', priority: 0, wholeDatasetFraction: 0.5 } as const),
    Object.freeze({ plugin: 'rules', priority: 1 } as const),
  ]),
  listedPerReason: 1000,
});
