import type { FindingRecord } from './commit.ts';

/**
 * What the last consistency check of a site saw: only a finding that two checks in a row have seen is acted upon, so
 * the first round has to outlive the process that made it.
 */
export interface FindingStore {
  /** The findings of the site's last check, in any order; empty where there was none. */
  load(site: string): Promise<readonly FindingRecord[]>;
  /** Replaces the findings of the site, in one step. */
  save(site: string, findings: readonly FindingRecord[]): Promise<void>;
}
