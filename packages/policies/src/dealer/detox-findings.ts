/** What the Dealer wants to know of the last Detox cycle: how much of each site may not go, and which replicas. */
export interface DetoxFindings {
  /** By site: bytes protected / quota of the partition. */
  readonly protectedFraction: ReadonlyMap<string, number>;
  /** Whether Detox protected the dataset's replica at the site. */
  isProtected(dataset: string, site: string): boolean;
}
