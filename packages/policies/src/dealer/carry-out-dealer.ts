/** A Dealer plan under the writer: destination space is checked again, as it is now, before anything is ordered. */
import {
  type CarriedOut,
  carryOut,
  type DroppedStep,
  type InventoryDraft,
  type InventoryView,
  NO_ROW,
  type Plan,
  type PlanStep,
} from '@dynamo/core';
import { Assignments } from './assignments.ts';
import type { DealerConfiguration } from './dealer-configuration.ts';
import { footprintAt } from './footprint.ts';
import { forecastPartitions } from './partition-forecast.ts';
import { refusalWords } from './refusal.ts';
import { SiteRoom } from './site-room.ts';

export interface DealerCircumstances {
  /** The one that the plan was made with. */
  readonly configuration: DealerConfiguration;
  /** Seconds since 1970. */
  readonly now: number;
}

/**
 * For `inventory.update`: carries the plan out as core does, less what no longer has room, and sets the history record.
 * What was planned for one dataset at one site goes together or not at all.
 */
export async function carryOutDealer(
  draft: InventoryDraft,
  plan: Plan,
  circumstances: DealerCircumstances,
): Promise<CarriedOut> {
  const { now } = circumstances;
  const { fitting, dropped: tooMuch } = dropWithoutRoom(draft, plan.steps, circumstances);
  const { done, dropped: changed } = await carryOut(draft, { ...plan, steps: fitting }, now);
  const dropped = [...tooMuch, ...changed];
  draft.setHistory({
    planner: plan.planner,
    title: plan.title,
    time: now,
    planVersion: plan.version,
    document: JSON.stringify({
      plan: JSON.parse(plan.document) as unknown,
      dropped: dropped.map(({ step, why }) => ({ ...step, why })),
    }),
  });
  return { done, dropped };
}

function dropWithoutRoom(
  { tables }: Pick<InventoryView, 'tables'>,
  steps: readonly PlanStep[],
  { configuration, now }: DealerCircumstances,
): { fitting: PlanStep[]; dropped: DroppedStep[] } {
  const room = new SiteRoom(tables, forecastPartitions(tables, now), configuration);
  const load = room.emptyLoad();
  const assignments = new Assignments();
  const fitting: PlanStep[] = [];
  const dropped: DroppedStep[] = [];
  for (const together of sameDestination(steps)) {
    const why = judge(together);
    if (why === null) fitting.push(...together);
    else dropped.push(...together.map((step) => ({ step, why })));
  }
  return { fitting, dropped };

  /** Null: there is room, and it is taken. What is not there any more is for `carryOut` to find. */
  function judge(together: readonly PlanStep[]): string | null {
    const [first] = together;
    if (first === undefined) return null;
    const dataset = tables.datasets.find(first.dataset);
    const site = tables.sites.find(first.site);
    if (dataset === NO_ROW || site === NO_ROW) return null;
    const rows = new Set(together.map(({ block }) => tables.blocks.find(dataset, block)));
    rows.delete(NO_ROW);
    const to = first.kind === 'hand-over' ? first.to : first.kind === 'copy' ? first.group : null;
    const owner = to === null ? 0 : tables.groups.find(to);
    if (owner === NO_ROW) return `there is no group ${to} any more`;
    const group = together.some(({ kind }) => kind === 'hand-over') ? owner : null;
    const handOverOnly = together.every(({ kind }) => kind === 'hand-over');
    const asked = { dataset, blocks: [...rows], group, owner, priority: 0, rank: 0, handOverOnly };
    const { copies, handOvers } = footprintAt(tables, { room, assignments, load }, asked, site);
    if (copies.length + handOvers.length === 0) return null;
    const refusal = room.judge(site, load);
    if (refusal !== null) return refusalWords(refusal, first.site).why;
    room.charge(site, load);
    return null;
  }
}

/** Runs of steps that are about one dataset at one site for one owner. */
function sameDestination(steps: readonly PlanStep[]): PlanStep[][] {
  const runs: PlanStep[][] = [];
  let key = '';
  for (const step of steps) {
    const owner = step.kind === 'hand-over' ? step.to : step.kind === 'copy' ? step.group : null;
    const own = [step.dataset, step.site, owner].join('\t');
    const run = runs.at(-1);
    if (run !== undefined && own === key) run.push(step);
    else runs.push([step]);
    key = own;
  }
  return runs;
}
