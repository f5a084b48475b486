/** What a Dealer plug-in is: it proposes, the engine decides, and the plug-in is told what became of its proposals. */
import type { AttributeColumn, InventoryTables, InventoryView, RequestChange, RequestRecord } from '@dynamo/core';
import type { DealerConfiguration } from './dealer-configuration.ts';
import type { DetoxFindings } from './detox-findings.ts';
import type { Refusal } from './refusal.ts';
import type { UserRule } from './rules/copy-rule.ts';

/** A plain object; it holds no state between cycles, so that what was not taken comes again as long as it is wanted. */
export interface DealerPlugin {
  /** Shown in reasons and reports: `copy_requests`. */
  readonly name: string;
  /** Pure. Nothing may be said twice: two equal proposals are two copies. */
  propose(context: DealerContext): ProposalSet;
}

/** A plug-in with its place in the draw: 0 comes first, alone; others are drawn with weight 1 / priority. */
export interface PrioritisedPlugin {
  readonly plugin: DealerPlugin;
  readonly priority: number;
}

export interface ProposalSet {
  readonly proposals: readonly Proposal[];
  /**
   * Whether the dataset's replica at the site has to stay with that group: asked before it is handed over to another.
   * A stake gives way to a higher priority, and within one to a higher rank; else two plug-ins would take a replica from
   * each other for ever.
   */
  stake?(dataset: number, site: number, group: number): Stake | null;
  /** Called once, after the last draw; `outcomes[i]` belongs to `proposals[i]`. */
  conclude?(outcomes: readonly ProposalOutcome[]): PluginConclusion;
}

/** What a plug-in needs to stay as it is. */
export interface Stake {
  /** That of the proposal it would be. */
  readonly rank: number;
  /** In words: the request, the rule. */
  readonly by: string;
}

export interface PluginConclusion {
  readonly requests?: readonly RequestChange[];
  /** JSON: what the plug-in has to say about its own work. */
  readonly report?: unknown;
}

/** Data that should be at a site, under a group. Rows are those of `context.tables`. */
export interface Proposal {
  readonly dataset: number;
  /** Blocks of the dataset; null: all of them. */
  readonly blocks: readonly number[] | null;
  /**
   * Site rows in the order of their names. One: there and nowhere else. Several, or null for every target: at one that
   * does not have the data yet, drawn by free space. Share the array between proposals.
   */
  readonly destinations: readonly number[] | null;
  /** The owner; 0 is the null group; null: no preference, and whose it is already does not matter. */
  readonly group: number | null;
  /** Only where the data is already: nothing is copied. */
  readonly handOverOnly?: boolean;
  /** Within the plug-in the higher go first; the order of equal ones is drawn. Default 0. */
  readonly rank?: number;
  /** In words, for the plan and for whoever asks why the data is there. */
  readonly reason: string;
  /** The request or rule it belongs to. */
  readonly reference?: string;
}

export type ProposalOutcome =
  | { readonly kind: 'taken'; readonly site: number; readonly bytes: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What a plug-in may look at. */
export interface DealerContext {
  readonly view: InventoryView;
  readonly tables: InventoryTables;
  readonly configuration: DealerConfiguration;
  /** Seconds since 1970. */
  readonly now: number;
  /** Requests that are not ended, as the store has them. */
  readonly requests: readonly RequestRecord[];
  /** What is to be kept, besides the rules among the requests. */
  readonly rules: readonly UserRule[];
  /** What Detox decided last; undefined: it has not run. */
  readonly detox: DetoxFindings | undefined;
  /** Rows of the sites that may receive: ready, and named as a target; in the order of their names. */
  readonly targets: readonly number[];
  /** Rows of all sites in the order of their names (byte order). */
  readonly sites: readonly number[];
  /** Values that were loaded for this cycle: by the name of the variable, by dataset. */
  readonly attributes: ReadonlyMap<string, AttributeColumn>;
}
