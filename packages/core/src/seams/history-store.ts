import type { CycleDeed, HistoryRecord, Version } from './commit.ts';

/** A past cycle without its document. */
export interface CycleSummary extends Pick<HistoryRecord, 'planner' | 'title' | 'time' | 'planVersion'> {
  /** Counted from 1 over all planners. */
  readonly cycle: number;
  /** The version that its commit made. */
  readonly version: Version;
  /** Nothing of it was carried out. */
  readonly isTest: boolean;
}

export interface CycleRecord extends CycleSummary {
  readonly document: string;
  /** Digests of its contents, by name. */
  readonly contents: Readonly<Record<string, string>>;
}

/** Times are seconds since 1970. */
export interface CycleFilter {
  readonly planner?: string;
  /** Committed at this time or later. */
  readonly since?: number;
  /** Committed before this time. */
  readonly until?: number;
  /** True: the tests; default: the real ones. */
  readonly test?: boolean;
  /** Only those with a smaller number: the next page. */
  readonly before?: number;
  readonly limit?: number;
}

export interface DeedFilter extends Omit<CycleFilter, 'test'> {
  /** By its whole name. */
  readonly dataset?: string;
  readonly site?: string;
  readonly kind?: CycleDeed['kind'];
  readonly reference?: string;
}

export interface FoundDeed extends CycleDeed {
  readonly cycle: number;
  readonly planner: string;
  readonly title: string;
  readonly time: number;
}

/** Past cycles. They are written by `InventoryStore.commit` alone. */
export interface HistoryStore {
  /** Newest first. */
  cycles(filter?: CycleFilter): Promise<readonly CycleSummary[]>;
  cycle(cycle: number): Promise<CycleRecord | null>;
  /** What a cycle has under that digest (`contentDigest`); null: none does, or not any more. */
  content(digest: string): Promise<Uint8Array | null>;
  /** Those of the newest cycle first; of one cycle, in the order of its plan. */
  deeds(filter?: DeedFilter): Promise<readonly FoundDeed[]>;
}
