/** The Dealer: where data should be that is not, and what to copy or hand over for it. Pure. */
import {
  type AttributeColumn,
  assert,
  createRandomSource,
  type InventoryTables,
  type InventoryView,
  inputError,
  NO_ROW,
  type RandomSource,
  type RequestChange,
  type RequestRecord,
} from '@dynamo/core';
import { Dealing, type Stakeholder, type TableOfDealing } from './deal.ts';
import { DEFAULT_DEALER_CONFIGURATION, type DealerConfiguration } from './dealer-configuration.ts';
import type { DealerContext, PluginConclusion, PrioritisedPlugin, ProposalOutcome } from './dealer-plugin.ts';
import type { DealerResult } from './dealer-result.ts';
import { describeDealing } from './describe-dealing.ts';
import type { DetoxFindings } from './detox-findings.ts';
import { drawWeighted } from './draw.ts';
import { forecastPartitions } from './partition-forecast.ts';
import { compilePlacementRules } from './placement-rule.ts';
import { pluginsOf } from './plugins/plugins-of.ts';
import { type ProposalQueue, queueOf } from './proposal-queue.ts';
import { withRememberedNames } from './remembered-names.ts';
import type { UserRule } from './rules/copy-rule.ts';
import { matchSites } from './site-conditions.ts';
import { SiteRoom } from './site-room.ts';
import { sitesByName } from './sites-by-name.ts';

export interface DealerInputs {
  readonly configuration?: DealerConfiguration;
  /** Besides those that the configuration names. */
  readonly plugins?: readonly PrioritisedPlugin[];
  /** All that are not ended; others are ignored. The rules among them need the plug-in `rules`, others `copy_requests`. */
  readonly requests?: readonly RequestRecord[];
  /** Further rules, of which no record is kept. */
  readonly rules?: readonly UserRule[];
  /** What attribute producers supplied: by the name of the variable, by dataset. */
  readonly attributes?: ReadonlyMap<string, AttributeColumn>;
  readonly detox?: DetoxFindings;
  /** Seconds since 1970. */
  readonly now: number;
  readonly seed: number;
}

/** Throws `invalid-input` for a configuration that does not fit the inventory (a partition or group that is not there). */
export function planDealer(view: InventoryView, inputs: DealerInputs): DealerResult {
  const { configuration = DEFAULT_DEALER_CONFIGURATION, now, seed } = inputs;
  const tables = withRememberedNames(view.tables);
  const random = createRandomSource(seed);
  const table = setTable(tables, configuration, now, random.split('destinations'));
  const context = contextOf(view, inputs, configuration, table);
  const plugins = [...pluginsOf(configuration), ...(inputs.plugins ?? [])];
  refuseTwins(plugins);
  const queues = plugins.map((each) => queueOf(each, each.plugin.propose(context), tables, seed));
  const stakeholders = queues.flatMap(({ priority, set }): Stakeholder[] => {
    return set.stake === undefined ? [] : [{ priority, stake: (...about) => set.stake?.(...about) ?? null }];
  });
  const dealing = new Dealing(table, stakeholders);
  drawAll(queues, dealing, random.split('draw'));
  const conclusions = queues.map(
    ({ set, outcomes }): PluginConclusion => set.conclude?.(drawnOutcomes(outcomes)) ?? {},
  );
  const requests = conclusions.flatMap((conclusion): readonly RequestChange[] => conclusion.requests ?? []);
  return describeDealing({ view, table, dealing, queues, conclusions, requests, now, seed });
}

/** Every proposal has been drawn: none is lost. */
function drawnOutcomes(outcomes: ProposalQueue['outcomes']): readonly ProposalOutcome[] {
  assert(!outcomes.includes(undefined), 'every proposal has been drawn');
  return outcomes as readonly ProposalOutcome[];
}

function setTable(
  tables: InventoryTables,
  configuration: DealerConfiguration,
  now: number,
  random: RandomSource,
): TableOfDealing {
  const { partition, group } = configuration;
  const room = new SiteRoom(tables, forecastPartitions(tables, now), configuration);
  const isTarget = matchSites(tables, configuration.targetSites, { now, partition, path: 'target_sites' });
  const defaultOwner = group === null ? null : tables.groups.find(group);
  if (defaultOwner === NO_ROW) throw inputError({ what: `there is no group ${group}`, where: { path: 'group' } });
  const targets = sitesByName(tables).filter((row) => isTarget[row] === 1 && tables.sites.get(row)?.status === 'ready');
  return {
    tables,
    configuration,
    room,
    placementRules: compilePlacementRules(tables, configuration, now),
    isTarget,
    isSource: matchSites(tables, configuration.sourceSites, { now, partition, path: 'source_sites' }),
    targets,
    defaultOwner,
    random,
  };
}

function contextOf(
  view: InventoryView,
  { requests = [], rules = [], attributes = new Map(), detox, now }: DealerInputs,
  configuration: DealerConfiguration,
  { tables, targets }: TableOfDealing,
): DealerContext {
  return {
    view,
    tables,
    configuration,
    now,
    requests: requests.filter(({ state }) => state === 'new' || state === 'active'),
    rules,
    detox,
    targets,
    sites: sitesByName(tables),
    attributes,
  };
}

/** Reports and random numbers go by the plug-in's name. */
function refuseTwins(plugins: readonly PrioritisedPlugin[]): void {
  const names = new Set<string>();
  for (const { plugin } of plugins) {
    if (names.has(plugin.name))
      throw inputError({ what: `there are two plug-ins ${plugin.name}`, where: { path: 'plugins' } });
    names.add(plugin.name);
  }
}

function drawAll(queues: readonly ProposalQueue[], dealing: Dealing, random: RandomSource): void {
  const first = queues.filter(({ priority }) => priority === 0);
  drain(first, () => 1, dealing, random);
  const others = queues.filter(({ priority }) => priority > 0);
  drain(others, ({ priority }) => 1 / priority, dealing, random);
}

function drain(
  queues: readonly ProposalQueue[],
  weightOf: (queue: ProposalQueue) => number,
  dealing: Dealing,
  random: RandomSource,
): void {
  let open = queues.filter(({ order }) => order.length > 0);
  let weights = open.map(weightOf);
  while (open.length > 0) {
    const queue = open.length === 1 ? open[0] : open[drawWeighted(weights, random)];
    if (queue === undefined) return;
    const index = queue.order[queue.next] as number;
    const proposal = queue.set.proposals[index];
    queue.next += 1;
    if (proposal !== undefined) {
      queue.outcomes[index] = dealing.take(proposal, queue.bidder);
    }
    if (queue.next < queue.order.length) continue;
    open = open.filter((each) => each !== queue);
    weights = open.map(weightOf);
  }
}
