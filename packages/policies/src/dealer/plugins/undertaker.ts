/**
 * Brings away what would be lost, or out of reach, with sites that are not ready, and with those named by hand: all of
 * it, but first what the last Detox cycle protected there.
 */
import { compareByteOrder, type InventoryTables, inputError, NO_ROW, REPLICA_FLAG } from '@dynamo/core';
import type { UndertakerConfiguration } from '../dealer-configuration.ts';
import type { DealerContext, DealerPlugin, Proposal, ProposalOutcome } from '../dealer-plugin.ts';
import { matchSites } from '../site-conditions.ts';

type Options = Omit<UndertakerConfiguration, 'plugin' | 'priority'>;

export function undertaker(options: Options): DealerPlugin {
  return {
    name: 'undertaker',
    propose(context) {
      const leaving = leavingSites(context, options);
      const evacuations = new Map<number, Evacuation>();
      for (const site of context.sites) {
        if (leaving[site] === 1) evacuations.set(site, { bytes: 0, safe: 0, coming: 0, missing: 0, ordered: 0 });
      }
      const proposals = evacuations.size === 0 ? [] : propose(context, leaving, evacuations);
      return {
        proposals,
        conclude: (outcomes) => ({ report: reportOf(context, options, { evacuations, proposals, outcomes }) }),
      };
    },
  };
}

/** Of one site, in bytes. */
interface Evacuation {
  bytes: number;
  /** There is a complete copy at a site that stays, or one is on its way to it. */
  safe: number;
  coming: number;
  missing: number;
  /** Of what is missing, what this cycle orders. */
  ordered: number;
}

function leavingSites({ tables, configuration, now }: DealerContext, { sites, named }: Options): Uint8Array {
  const leaving = matchSites(tables, sites, {
    now,
    partition: configuration.partition,
    path: 'plugins.undertaker.sites',
  });
  for (const name of named) {
    const row = tables.sites.find(name);
    if (row === NO_ROW)
      throw inputError({ what: `there is no site ${name}`, where: { path: 'plugins.undertaker.named' } });
    leaving[row] = 1;
  }
  return leaving;
}

function propose(
  context: DealerContext,
  leaving: Uint8Array,
  evacuations: ReadonlyMap<number, Evacuation>,
): Proposal[] {
  const { tables, targets, detox } = context;
  const destinations = targets.filter((site) => leaving[site] !== 1);
  const names = Array.from(evacuations.keys(), (site) => tables.sites.get(site)?.name ?? '');
  const proposals: Proposal[] = [];
  const { datasets, blocks } = tables;
  for (let dataset = 0; dataset < datasets.rows; dataset++) {
    const from = datasets.isLive(dataset) ? firstLeaving(tables, dataset, leaving, evacuations) : NO_ROW;
    if (from === NO_ROW) continue;
    /** Blocks in danger, by the group that owns them where they leave. */
    const endangered = new Map<number, number[]>();
    for (let block = datasets.firstBlock.get(dataset); block !== NO_ROW; block = blocks.nextOfDataset.get(block)) {
      const owner = endangeredOwner(tables, block, leaving, evacuations);
      if (owner === null) continue;
      const known = endangered.get(owner);
      if (known === undefined) endangered.set(owner, [block]);
      else known.push(block);
    }
    const site = tables.sites.get(from);
    const name = detox === undefined ? '' : (datasets.name.get(dataset) ?? '');
    const isKept = detox !== undefined && names.some((each) => detox.isProtected(name, each));
    for (const [group, rows] of byGroupName(tables, endangered)) {
      proposals.push({
        dataset,
        blocks: rows.length === datasets.blocks.get(dataset) ? null : rows,
        destinations,
        group: group === 0 ? null : group,
        ...(isKept ? { rank: 1 } : {}),
        reason: `${site?.name} ${site?.status === 'ready' ? 'is being emptied' : `is ${site?.status}`}, and no copy is elsewhere`,
        reference: site?.name ?? '',
      });
    }
  }
  return proposals;
}

/** The first, by the order of `evacuations`, of the leaving sites that have the dataset. */
function firstLeaving(
  { datasets, datasetReplicas }: InventoryTables,
  dataset: number,
  leaving: Uint8Array,
  evacuations: ReadonlyMap<number, Evacuation>,
): number {
  let found = NO_ROW;
  for (let row = datasets.firstReplica.get(dataset); row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
    const site = datasetReplicas.site.get(row);
    if (leaving[site] !== 1) continue;
    if (found === NO_ROW) found = site;
    else
      for (const first of evacuations.keys())
        if (first === site || first === found) {
          found = first;
          break;
        }
  }
  return found;
}

/** The group that owns the block where it leaves, if it is not safe; and the bytes are counted at every leaving site. */
function endangeredOwner(
  { blocks, blockReplicas: replicas, groups, sites }: InventoryTables,
  block: number,
  leaving: Uint8Array,
  evacuations: ReadonlyMap<number, Evacuation>,
): number | null {
  let owner: number | null = null;
  let safe = false;
  let coming = false;
  for (let row = blocks.firstReplica.get(block); row !== NO_ROW; row = replicas.nextOfBlock.get(row)) {
    const flags = replicas.flags.get(row);
    if ((flags & REPLICA_FLAG.deletionOpen) !== 0) continue;
    const site = replicas.site.get(row);
    if (leaving[site] === 1) {
      if (replicas.size(row) > 0 || (flags & REPLICA_FLAG.partial) === 0)
        owner = firstByName(groups, owner, replicas.group.get(row));
    } else if (sites.get(site)?.status === 'ready') {
      if ((flags & REPLICA_FLAG.partial) === 0) safe = true;
      else if ((flags & REPLICA_FLAG.copyOpen) !== 0) coming = true;
    }
  }
  if (owner === null) return null;
  for (let row = blocks.firstReplica.get(block); row !== NO_ROW; row = replicas.nextOfBlock.get(row)) {
    const evacuation = evacuations.get(replicas.site.get(row));
    if (evacuation === undefined || (replicas.flags.get(row) & REPLICA_FLAG.deletionOpen) !== 0) continue;
    const bytes = replicas.size(row);
    evacuation.bytes += bytes;
    if (safe) evacuation.safe += bytes;
    else if (coming) evacuation.coming += bytes;
    else evacuation.missing += bytes;
  }
  return safe || coming ? null : owner;
}

/** The null group gives way to any other. */
function firstByName(groups: InventoryTables['groups'], a: number | null, b: number): number {
  if (a === null || a === 0) return b;
  return b !== 0 && nameOf(groups, b) < nameOf(groups, a) ? b : a;
}

function byGroupName({ groups }: InventoryTables, rows: ReadonlyMap<number, number[]>): [number, number[]][] {
  return [...rows].sort(([a], [b]) => compareByteOrder(nameOf(groups, a), nameOf(groups, b)));
}

function nameOf(groups: InventoryTables['groups'], row: number): string {
  return groups.get(row)?.name ?? '';
}

function reportOf(
  { tables }: DealerContext,
  { rates }: Options,
  {
    evacuations,
    proposals,
    outcomes,
  }: {
    readonly evacuations: ReadonlyMap<number, Evacuation>;
    readonly proposals: readonly Proposal[];
    readonly outcomes: readonly ProposalOutcome[];
  },
): unknown {
  for (const [i, { reference }] of proposals.entries()) {
    const outcome = outcomes[i];
    const evacuation = evacuations.get(tables.sites.find(reference ?? ''));
    if (outcome?.kind === 'taken' && evacuation !== undefined) evacuation.ordered += outcome.bytes;
  }
  const sites = Array.from(evacuations, ([row, { bytes, safe, coming, missing, ordered }]) => {
    const site = tables.sites.get(row);
    const rate = rates.sites.get(site?.name ?? '') ?? rates.bytesPerSecond;
    return {
      site: site?.name,
      status: site?.status,
      bytes,
      safe,
      on_the_way: coming,
      missing,
      ordered_now: ordered,
      bytes_per_second: rate,
      seconds_left: Math.ceil((coming + missing) / rate),
    };
  });
  return { sites, seconds_left: Math.max(0, ...sites.map(({ seconds_left }) => seconds_left)) };
}
