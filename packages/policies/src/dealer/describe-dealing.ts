/** From rows to names: the result of a run. */
import {
  compareByteOrder,
  type DatasetName,
  type InventoryTables,
  type InventoryView,
  type PlanStep,
  type RequestChange,
  type SiteName,
} from '@dynamo/core';
import type { Dealing, TableOfDealing } from './deal.ts';
import type { PluginConclusion, Proposal } from './dealer-plugin.ts';
import type { DealerResult, PluginSummary, RefusedProposal, SiteSummary, TakenProposal } from './dealer-result.ts';
import { describeAssignment } from './describe-assignment.ts';
import type { ProposalQueue } from './proposal-queue.ts';
import { type Refusal, type RefusalReason, refusalWords } from './refusal.ts';

export interface Dealt {
  readonly view: InventoryView;
  readonly table: TableOfDealing;
  readonly dealing: Dealing;
  readonly queues: readonly ProposalQueue[];
  readonly conclusions: readonly PluginConclusion[];
  readonly requests: readonly RequestChange[];
  readonly now: number;
  readonly seed: number;
}

export function describeDealing(dealt: Dealt): DealerResult {
  const { view, table, dealing, queues, requests, now, seed } = dealt;
  const taken: TakenProposal[] = [];
  const steps: PlanStep[] = [];
  for (const assignment of dealing.assignments.all) {
    const described = describeAssignment(table.tables, assignment);
    taken.push(described.taken);
    for (const step of described.steps) steps.push(step);
  }
  let refused: readonly RefusedProposal[] | undefined;
  return {
    version: view.version,
    now,
    seed,
    configuration: table.configuration,
    taken,
    get refused() {
      refused ??= [...refusals(dealt)];
      return refused;
    },
    refusedCounts: countRefusals(queues),
    plugins: queues.map((queue, i) => summarise(queue, dealt.conclusions[i])),
    sites: summariseSites(table),
    volume: dealing.volume,
    steps,
    requests,
  };
}

/** Made when they are read: there may be a million, and the plan lists some thousands. */
function* refusals({ table, queues }: Dealt): Generator<RefusedProposal> {
  for (const queue of queues) {
    for (const index of queue.order) {
      const outcome = queue.outcomes[index];
      const proposal = queue.set.proposals[index];
      if (outcome?.kind !== 'refused' || proposal === undefined) continue;
      yield new Refused(table.tables, queue.plugin.name, proposal, outcome.refusal);
    }
  }
}

function countRefusals(queues: readonly ProposalQueue[]): ReadonlyMap<RefusalReason, number> {
  const counts = new Map<RefusalReason, number>();
  for (const { outcomes } of queues) {
    for (const outcome of outcomes) {
      if (outcome?.kind !== 'refused') continue;
      const { reason } = outcome.refusal;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  return new Map([...counts].sort(([a], [b]) => compareByteOrder(a, b)));
}

class Refused implements RefusedProposal {
  readonly plugin: string;
  readonly reason: RefusalReason;
  readonly #tables: Pick<InventoryTables, 'datasets' | 'sites'>;
  readonly #proposal: Proposal;
  readonly #refusal: Refusal;

  constructor(tables: InventoryTables, plugin: string, proposal: Proposal, refusal: Refusal) {
    this.plugin = plugin;
    this.reason = refusal.reason;
    this.#tables = tables;
    this.#proposal = proposal;
    this.#refusal = refusal;
  }

  get dataset(): DatasetName {
    return this.#tables.datasets.name.get(this.#proposal.dataset) as DatasetName;
  }
  get site(): SiteName | null {
    const { destinations } = this.#proposal;
    const row = this.#refusal.site ?? (destinations?.length === 1 ? destinations[0] : undefined);
    return row === undefined ? null : (this.#tables.sites.get(row)?.name ?? null);
  }
  get blocks(): number | null {
    return this.#proposal.blocks?.length ?? null;
  }
  get reference(): string | null {
    return this.#proposal.reference ?? null;
  }
  get wanted(): string {
    return this.#proposal.reason;
  }
  get why(): string {
    return refusalWords(this.#refusal, this.site ?? 'the site').why;
  }
  get remedy(): string {
    return refusalWords(this.#refusal, this.site ?? 'the site').remedy;
  }
}

function summarise(
  { plugin, priority, set, outcomes }: ProposalQueue,
  conclusion: PluginConclusion | undefined,
): PluginSummary {
  let taken = 0;
  let bytes = 0;
  for (const outcome of outcomes) {
    if (outcome?.kind !== 'taken') continue;
    taken += 1;
    bytes += outcome.bytes;
  }
  const report = conclusion?.report ?? null;
  return { plugin: plugin.name, priority, proposed: set.proposals.length, taken, bytes, report };
}

function summariseSites({ tables, room, targets }: TableOfDealing): SiteSummary[] {
  const { sites, partitions, sitePartitions } = tables;
  return targets.flatMap((site) =>
    room.partitions.flatMap((partition, position): SiteSummary[] => {
      const { quota, projected, pending } = room.state(position, site);
      const projectedBefore = sitePartitions.projected(site, partition);
      const pendingBefore = projectedBefore - sitePartitions.physical(site, partition);
      if (projected === projectedBefore && pending === pendingBefore) return [];
      return [
        {
          site: sites.get(site)?.name as SiteName,
          partition: partitions.get(partition)?.name ?? '',
          quota,
          projectedBefore,
          projectedAfter: projected,
          pendingBefore,
          pendingAfter: pending,
        },
      ];
    }),
  );
}
