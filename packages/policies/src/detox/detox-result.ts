import type { InventoryView, Version } from '@dynamo/core';
import type { CheckedPolicy } from '../policy/checked-policy.ts';
import type { Decisions } from './decisions.ts';
import type { DetoxOptions } from './detox-options.ts';
import type { PartitionImage } from './image/partition-image.ts';

/**
 * What is to become of one partition. Figures are there at once; decisions and steps, which may be millions, are read
 * from `run` by what prints or converts them. Good until the view is closed.
 */
export interface DetoxResult {
  /** What it was made with. */
  readonly options: DetoxOptions;
  readonly policy: CheckedPolicy;
  readonly now: number;
  readonly version: Version;
  /** Passes, the last one included. */
  readonly iterations: number;
  /** The target sites, in byte order of their names. */
  readonly sites: readonly DetoxSite[];
  /** In the order of the file, the default decision last. */
  readonly lines: readonly DetoxLine[];
  /** Why it may not be committed; empty: it may. */
  readonly notCommittable: readonly string[];
  /** The producers' variables in the policy that have a value for some dataset. */
  readonly supplied: readonly string[];
  /** The producers' variables that the policy asked for. */
  readonly read: readonly string[];
  readonly run: DetoxRunArrays;
}

export interface DetoxSite {
  readonly site: string;
  /** Null: never stated. */
  readonly quota: number | null;
  /** Bytes in the partition before and after; and by what was decided about them (not about what was ignored). */
  readonly before: number;
  readonly after: number;
  readonly protected: number;
  readonly deleted: number;
  readonly kept: number;
  readonly triggered: boolean;
  /** Its Until held in the end. */
  readonly reachedStop: boolean;
}

export interface DetoxLine {
  /** In the file; 0: the default decision. */
  readonly line: number;
  readonly text: string;
  /** Dataset replicas of which it decided about some block in the end. */
  readonly matches: number;
}

/** What the run leaves. Numbers are those of the image. */
export interface DetoxRunArrays {
  readonly view: InventoryView;
  readonly image: PartitionImage;
  readonly decisions: Decisions;
  /** Copies in the order in which they were deleted. */
  readonly deleted: Uint32Array;
  /** The dataset replica of each of those. */
  readonly deletedFrom: Uint32Array;
  /** Copies handed over and not deleted later, with the row of the new owner. */
  readonly handedOver: ReadonlyMap<number, number>;
  /** Rules of the guard, by their numbers. */
  readonly ruleNames: readonly string[];
}
