/** How often a dataset was read at a site, and asked for, on one day. */
export interface AccessRecord {
  readonly dataset: string;
  /** Empty: not about a site, as requests often are. */
  readonly site: string;
  /** Days since 1970-01-01, in UTC. */
  readonly day: number;
  /** Files opened, jobs, or whatever an experiment counts. */
  readonly accesses: number;
  /** Jobs or people that asked for it. */
  readonly requests: number;
}

/**
 * Accesses to data, as experiments report them. They may be of datasets and sites that the inventory does not know (yet,
 * or any more), and no commit waits for them.
 */
export interface AccessStore {
  /** Each replaces what there was of its dataset, site and day: to report a day again is harmless. */
  put(records: readonly AccessRecord[]): Promise<void>;
  /** Those from `fromDay` on, in no particular order, in batches. */
  read(options: { readonly fromDay: number; readonly signal?: AbortSignal }): AsyncIterable<readonly AccessRecord[]>;
  /** Removes those before `day`: how many went. */
  purge(day: number): Promise<number>;
}
