import type { AttributeValue, DatasetStatus, SiteStatus, StorageType } from '@dynamo/core';

/** What a test of a policy gives, and what it expects. Sizes are bytes, times seconds since 1970. */
export interface PolicyTest {
  readonly name: string;
  /** The clock of the run. */
  readonly now: number;
  readonly guard: 'on' | 'off';
  readonly sites: readonly TestSite[];
  /** Of each group, whether it owns whole datasets or single blocks. */
  readonly groups: ReadonlyMap<string, 'dataset' | 'block'>;
  readonly replicas: readonly TestReplica[];
}

export interface TestSite {
  readonly name: string;
  readonly storage: StorageType;
  readonly status: SiteStatus;
  /** Of the policy's partition, before the run: bytes, or what is occupied / quota. */
  readonly fill: { readonly quota: number } | { readonly occupancy: number };
}

/** A dataset at a site. */
export interface TestReplica {
  /** Where it stands in the document, for messages. */
  readonly path: string;
  readonly dataset: string;
  readonly site: string;
  readonly facts: DatasetFacts;
  /** Values of variables that producers supply, by the names of the variables. */
  readonly values: ReadonlyMap<string, AttributeValue>;
  /** None: an empty replica. */
  readonly blocks: readonly TestBlock[];
  /** Empty: it is there for the others' sake. */
  readonly expect: readonly Expectation[];
}

/** Undefined: another replica of the dataset says it, or nobody does. */
export interface DatasetFacts {
  readonly status: DatasetStatus | undefined;
  readonly lastUpdate: number | undefined;
  readonly release: string | undefined;
}

export interface TestBlock {
  readonly name: string;
  readonly size: number;
  readonly group: string | null;
  readonly lastUpdate: number;
  readonly incomplete: boolean;
  readonly custodial: boolean;
  readonly locked: boolean;
}

export interface Expectation {
  /** Null: of all blocks. */
  readonly block: string | null;
  /** `dismiss`: a Dismiss line decided, whatever came of it. */
  readonly outcome: ExpectedOutcome;
  /** Null: whoever. */
  readonly by: ExpectedDecider | null;
}

export const EXPECTED_OUTCOMES = ['delete', 'keep', 'protect', 'dismiss', 'ignore'] as const;
export type ExpectedOutcome = (typeof EXPECTED_OUTCOMES)[number];

export type ExpectedDecider =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'default' }
  /** As it is written in the policy. */
  | { readonly kind: 'text'; readonly text: string }
  /** Null: any of its rules. */
  | { readonly kind: 'guard'; readonly rule: string | null };
