import type { HistoryRecord, Version } from './commit.ts';

/** A past cycle without its document. */
export interface CycleSummary extends Omit<HistoryRecord, 'document'> {
  /** Counted from 1 over all planners. */
  readonly cycle: number;
  /** The version that its commit made. */
  readonly version: Version;
}

export interface CycleRecord extends CycleSummary {
  readonly document: string;
}

export interface CycleFilter {
  readonly planner?: string;
  /** Only those with a smaller number: the next page. */
  readonly before?: number;
  readonly limit?: number;
}

/** Past cycles. They are written by `InventoryStore.commit` alone. */
export interface HistoryStore {
  /** Newest first. */
  cycles(filter?: CycleFilter): Promise<readonly CycleSummary[]>;
  cycle(cycle: number): Promise<CycleRecord | null>;
}
