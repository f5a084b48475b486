/** What the Dealer wants to know of the last Detox cycle: how much of each site may not go, and which replicas. */
export interface DetoxFindings {
  /** By site: bytes protected / quota of the partition. */
  readonly protectedFraction: ReadonlyMap<string, number>;
  /** Whether Detox protected the dataset's replica at the site, or a part of it. */
  isProtected(dataset: string, site: string): boolean;
}

/** Of a Detox plan as JSON (docs/formats.md), what is read here. */
export interface DetoxPlanDocument {
  readonly partition: string;
  readonly sites: readonly { readonly site: string; readonly quota: number | null; readonly protected: number }[];
  readonly decisions: Iterable<{ readonly dataset: string; readonly site: string; readonly decision: string }>;
}

/** Sites without a quota have no fraction: the balancer leaves them alone. */
export function detoxFindings({ sites, decisions }: DetoxPlanDocument): DetoxFindings {
  const fractions = sites.flatMap(({ site, quota, protected: bytes }): [string, number][] =>
    quota !== null && quota > 0 ? [[site, bytes / quota]] : [],
  );
  const protectedAt = new Map<string, Set<string>>();
  for (const { dataset, site, decision } of decisions) {
    if (decision !== 'protect') continue;
    const known = protectedAt.get(site);
    if (known === undefined) protectedAt.set(site, new Set([dataset]));
    else known.add(dataset);
  }
  return {
    protectedFraction: new Map(fractions),
    isProtected: (dataset, site) => protectedAt.get(site)?.has(dataset) === true,
  };
}
