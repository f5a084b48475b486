/**
 * Moves last copies from sites where much may not be deleted to sites where little is: with a second copy elsewhere,
 * Detox may delete the first, and the protected fractions draw together.
 */
import { type InventoryTables, inputError, NO_ROW } from '@dynamo/core';
import type { BalancerConfiguration } from '../dealer-configuration.ts';
import type { DealerContext, DealerPlugin, Proposal } from '../dealer-plugin.ts';
import type { DetoxFindings } from '../detox-findings.ts';
import { readyDisks } from '../ready-disks.ts';
import { Survey } from '../survey.ts';

type Options = Omit<BalancerConfiguration, 'plugin' | 'priority'>;

export function balancer(options: Options): DealerPlugin {
  return {
    name: 'balancer',
    propose(context) {
      const state = stateOf(context, options);
      const before = spreadOf(state);
      const proposals = balance(context, state, options);
      const report = {
        spread_before: before,
        spread_if_all_are_taken: spreadOf(state),
        sites: state.sites.map(({ site, first, fraction }) => ({
          site: context.tables.sites.get(site)?.name,
          protected_fraction: first,
          if_all_are_taken: fraction,
        })),
      };
      return { proposals, conclude: () => ({ report }) };
    },
  };
}

interface SiteBalance {
  readonly site: number;
  readonly quota: number;
  /** Protected bytes / quota: as it is, and as it would be. */
  readonly first: number;
  fraction: number;
  /** Datasets whose last copy is there, those to be tried first at the end. */
  readonly candidates: number[];
  /** Only where a copy is moved from are they put in order. */
  sorted: boolean;
}

interface Balance {
  readonly sites: readonly SiteBalance[];
}

function stateOf(context: DealerContext, { maxDatasetSize }: Options): Balance {
  const { tables, targets, configuration, detox } = context;
  const partition = configuration.partition === null ? NO_ROW : tables.partitions.find(configuration.partition);
  if (partition === NO_ROW) {
    throw inputError({ what: 'the balancer balances a partition, and none is given', where: { path: 'partition' } });
  }
  const isTarget = new Uint8Array(tables.sites.rows);
  for (const site of targets) isTarget[site] = 1;
  const lastCopies = new Map<number, number[]>(targets.map((site) => [site, []]));
  const bytes = new Float64Array(tables.sites.rows);
  forEachLastCopy(tables, isTarget, (dataset, site) => {
    if (detox !== undefined && !isProtected(tables, detox, dataset, site)) return;
    const size = tables.datasets.size.get(dataset);
    bytes[site] = (bytes[site] as number) + size;
    if (size <= maxDatasetSize && size > 0) lastCopies.get(site)?.push(dataset);
  });
  const sites = targets.flatMap((site): SiteBalance[] => {
    const quota = tables.sitePartitions.quota(site, partition) ?? 0;
    if (quota <= 0) return [];
    const known = detox?.protectedFraction.get(tables.sites.get(site)?.name ?? '');
    const first = known ?? (bytes[site] as number) / quota;
    return [{ site, quota, first, fraction: first, candidates: lastCopies.get(site) ?? [], sorted: false }];
  });
  return { sites };
}

function isProtected(
  { datasets, sites }: InventoryTables,
  detox: DetoxFindings,
  dataset: number,
  site: number,
): boolean {
  return detox.isProtected(datasets.name.get(dataset) ?? '', sites.get(site)?.name ?? '');
}

/** Of the datasets whose only full copy on ready disk is at one of the sites. */
function forEachLastCopy(
  tables: InventoryTables,
  isTarget: Uint8Array,
  see: (dataset: number, site: number) => void,
): void {
  const { datasets, datasetReplicas } = tables;
  const counts = readyDisks(tables);
  const survey = new Survey(tables);
  for (let dataset = 0; dataset < datasets.rows; dataset++) {
    if (!datasets.isLive(dataset)) continue;
    let last = NO_ROW;
    let others = 0;
    survey.see(dataset);
    for (let row = datasets.firstReplica.get(dataset); row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
      const site = datasetReplicas.site.get(row);
      if (counts[site] !== 1) continue;
      const presence = survey.presence(site);
      if (presence === 'missing') continue;
      if (last === NO_ROW && presence === 'there' && isTarget[site] === 1) last = site;
      else others += 1;
      if (others > 0) break;
    }
    if (last !== NO_ROW && others === 0) see(dataset, last);
  }
}

/** The smallest last, since candidates are taken from the end: small steps come closest to balance. */
function bySizeThenName({ datasets }: InventoryTables, rows: number[]): void {
  rows.sort((a, b) => {
    const difference = datasets.size.get(b) - datasets.size.get(a);
    if (difference !== 0) return difference;
    return (datasets.name.get(a) ?? '') < (datasets.name.get(b) ?? '') ? 1 : -1;
  });
}

/** They change slowly, and each set is an array that proposals share. */
const LOW_SITES_HOLD_FOR = 16;

/** From the highest to the lowest, one dataset at a time, until they are close; `state` follows. */
function balance({ tables, configuration }: DealerContext, state: Balance, { maxSpread }: Options): Proposal[] {
  const proposals: Proposal[] = [];
  let low: readonly number[] = [];
  let volume = 0;
  for (;;) {
    const highest = best(state.sites, ({ candidates, fraction }) => (candidates.length > 0 ? fraction : -1));
    const lowest = best(state.sites, ({ fraction }) => -fraction);
    if (highest === undefined || lowest === undefined || highest.fraction - lowest.fraction < maxSpread) break;
    if (!highest.sorted) bySizeThenName(tables, highest.candidates);
    highest.sorted = true;
    const dataset = highest.candidates.pop();
    if (dataset === undefined) break;
    const size = tables.datasets.size.get(dataset);
    // Past the middle it would only change which of them is the fuller.
    if (lowest.fraction + size / lowest.quota >= highest.fraction) continue;
    // More than a cycle may order would be refused anyway; it comes again in the next.
    if (volume + size > configuration.maxTotalCycleVolume) break;
    volume += size;
    const from = tables.sites.get(highest.site)?.name ?? '';
    if (proposals.length % LOW_SITES_HOLD_FOR === 0) low = lowSites(state, (highest.fraction + lowest.fraction) / 2);
    const reason = `the last copy leaves ${from}, where ${percent(highest.fraction)} is protected; ${percent(lowest.fraction)} is the lowest`;
    proposals.push({ dataset, blocks: null, destinations: low, group: null, reason });
    highest.fraction -= size / highest.quota;
    lowest.fraction += size / lowest.quota;
  }
  return proposals;
}

/** Where the next copies may go; the engine draws among them by free space. */
function lowSites({ sites }: Balance, middle: number): readonly number[] {
  return sites.filter(({ fraction }) => fraction <= middle).map(({ site }) => site);
}

function best(sites: readonly SiteBalance[], score: (site: SiteBalance) => number): SiteBalance | undefined {
  let found: SiteBalance | undefined;
  for (const site of sites) if (found === undefined || score(site) > score(found)) found = site;
  return found;
}

function spreadOf({ sites }: Balance): number {
  const fractions = sites.map(({ fraction }) => fraction);
  return sites.length === 0 ? 0 : Math.max(...fractions) - Math.min(...fractions);
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}
