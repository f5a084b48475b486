/** What a committed run leaves for the next one of its partition, beside its decisions. */
import type { DetoxResult } from './detox-result.ts';

/** What a partition holds at a site. */
export interface SiteHolding {
  readonly bytes: number;
  readonly replicas: number;
}

export interface DetoxNotes extends Readonly<Record<string, unknown>> {
  /** Variables of producers that had a value. */
  readonly supplied: readonly string[];
  /** By site, once the plan is carried out. */
  readonly sites: Readonly<Record<string, SiteHolding>>;
}

export function detoxNotes({ supplied, sites, run: { image } }: DetoxResult): DetoxNotes {
  const { arrays } = image;
  const replicas = new Map<number, number>();
  for (let replica = 0; replica < image.replicas; replica++) {
    const site = arrays.replicaSite[replica] as number;
    let live = 0;
    for (let copy = arrays.firstCopy[replica] as number; copy < (arrays.firstCopy[replica + 1] as number); copy++) {
      if (image.isLive(copy)) live += 1;
    }
    replicas.set(site, (replicas.get(site) ?? 0) + live);
  }
  const holdings = arrays.sites.map(({ name }, site): [string, SiteHolding] => [
    name,
    { bytes: sites[site]?.after ?? 0, replicas: replicas.get(site) ?? 0 },
  ]);
  return { supplied, sites: Object.fromEntries(holdings) };
}

/** What `detoxNotes` wrote; whatever is not so is left out, as it is of another version or was never there. */
export function readDetoxNotes(notes: Readonly<Record<string, unknown>>): DetoxNotes {
  const supplied = Array.isArray(notes.supplied) ? notes.supplied.filter((name) => typeof name === 'string') : [];
  const sites = typeof notes.sites === 'object' && notes.sites !== null ? Object.entries(notes.sites) : [];
  const known = sites.flatMap(([site, holding]: [string, unknown]) => (isHolding(holding) ? [[site, holding]] : []));
  return { supplied, sites: Object.fromEntries(known) as Readonly<Record<string, SiteHolding>> };
}

function isHolding(value: unknown): value is SiteHolding {
  if (typeof value !== 'object' || value === null) return false;
  const { bytes, replicas } = value as Readonly<Record<string, unknown>>;
  return typeof bytes === 'number' && typeof replicas === 'number';
}
