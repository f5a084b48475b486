/** Bytes, unless the name says otherwise. */
export interface SimulatedDay {
  /** Counted from 1. */
  readonly day: number;
  /** Seconds since 1970. */
  readonly now: number;
  readonly injected: number;
  readonly copied: number;
  readonly deleted: number;
  /** Of what was deleted, what had been copied there within `thrashDays`. */
  readonly thrashed: number;
  /** Requests that are still open. */
  readonly openRequests: number;
  /** Physical bytes / quota, by partition and site; sites without a quota are left out. */
  readonly occupancy: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface SimulationReport {
  readonly seed: number;
  readonly thrashDays: number;
  readonly days: readonly SimulatedDay[];
  readonly totals: {
    readonly injected: number;
    readonly copied: number;
    readonly deleted: number;
    readonly thrashed: number;
    readonly requests: number;
    readonly unmet: number;
  };
  /** Why requests that are still open are so: the first of each reason, and how many there are. */
  readonly unmet: readonly { readonly reason: string; readonly requests: number }[];
}
