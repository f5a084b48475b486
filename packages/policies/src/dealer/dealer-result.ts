/** What a Dealer run came to, by name: the plan's content, before it becomes a plan or a document. */
import type { BlockName, DatasetName, GroupName, PlanStep, RequestChange, SiteName, Version } from '@dynamo/core';
import type { DealerConfiguration } from './dealer-configuration.ts';
import type { RefusalReason, RefusalWords } from './refusal.ts';

export interface DealerResult {
  readonly version: Version;
  readonly now: number;
  readonly seed: number;
  readonly configuration: DealerConfiguration;
  /** In the order in which they were drawn. */
  readonly taken: readonly TakenProposal[];
  readonly refused: readonly RefusedProposal[];
  readonly refusedCounts: ReadonlyMap<RefusalReason, number>;
  readonly plugins: readonly PluginSummary[];
  readonly sites: readonly SiteSummary[];
  /** Bytes that the cycle orders. */
  readonly volume: number;
  readonly steps: readonly PlanStep[];
  readonly requests: readonly RequestChange[];
}

export interface TakenProposal {
  readonly plugin: string;
  readonly dataset: DatasetName;
  readonly site: SiteName;
  /** Null: the null group. */
  readonly group: GroupName | null;
  /** By name, in byte order. */
  readonly copied: readonly BlockName[];
  readonly handedOver: readonly BlockName[];
  /** Given up to a plug-in of higher priority that wanted them there for its own group. */
  readonly yielded: readonly { readonly block: BlockName; readonly to: string }[];
  /** The whole dataset was asked for. */
  readonly whole: boolean;
  /** To be transferred. */
  readonly bytes: number;
  readonly reason: string;
  readonly reference: string | null;
}

/** `why` and `remedy` are put into words when they are read: there may be a million. */
export interface RefusedProposal extends RefusalWords {
  readonly plugin: string;
  readonly dataset: DatasetName;
  /** Null: no single site was in question. */
  readonly site: SiteName | null;
  /** How many were asked for; null: the whole dataset. */
  readonly blocks: number | null;
  /** What the plug-in said. */
  readonly wanted: string;
  readonly reference: string | null;
  readonly reason: RefusalReason;
}

export interface PluginSummary {
  readonly plugin: string;
  readonly priority: number;
  readonly proposed: number;
  readonly taken: number;
  readonly bytes: number;
  /** JSON; null: it has nothing to say. */
  readonly report: unknown;
}

/** A site partition that this cycle sends something to, in bytes. */
export interface SiteSummary {
  readonly site: SiteName;
  readonly partition: string;
  readonly quota: number | null;
  readonly projectedBefore: number;
  readonly projectedAfter: number;
  readonly pendingBefore: number;
  readonly pendingAfter: number;
}
