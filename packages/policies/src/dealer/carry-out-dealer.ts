/** A Dealer plan under the writer: destination space is checked again, as it is now, before anything is ordered. */
import {
  type CarriedOut,
  carryOut,
  cycleDeeds,
  DATASET_STATUSES,
  type DroppedStep,
  type InventoryDraft,
  type InventoryView,
  NO_ROW,
  type Plan,
  type PlanStep,
  type RequestChange,
  type RequestRecord,
  TimeSlice,
} from '@dynamo/core';
import { Assignments } from './assignments.ts';
import type { DealerConfiguration } from './dealer-configuration.ts';
import { footprintAt } from './footprint.ts';
import { forecastPartitions } from './partition-forecast.ts';
import { refusalWords } from './refusal.ts';
import { requestOfStep, staleRequests } from './requests-of-plan.ts';
import { SiteRoom } from './site-room.ts';

export interface DealerCircumstances {
  /** The one that the plan was made with. */
  readonly configuration: DealerConfiguration;
  /** Seconds since 1970. */
  readonly now: number;
  /** The requests of `requestsOfPlan`, as they are now; null: it is not there. What is left out is as the plan says. */
  readonly requests?: ReadonlyMap<number, RequestRecord | null>;
  /** Those that the plan was made with, so that a change of one that the plan does not move on is seen, too. */
  readonly planned?: ReadonlyMap<number, RequestRecord>;
}

export interface DealerCarriedOut extends CarriedOut {
  /** Requests that have moved on. */
  readonly requests: readonly RequestChange[];
  /** Those that had changed since the plan was made, and what was to be done for them: the next cycle looks at them anew. */
  readonly stale: readonly StaleRequest[];
}

export interface StaleRequest {
  readonly request: number;
  readonly why: string;
}

/**
 * For `inventory.update`: carries the plan out as core does, less what no longer has room and what was for requests that
 * have changed, and sets the history record. What was planned for one dataset at one site goes together or not at all.
 */
export async function carryOutDealer(
  draft: InventoryDraft,
  plan: Plan,
  circumstances: DealerCircumstances,
): Promise<DealerCarriedOut> {
  const { now, requests: present = new Map(), planned } = circumstances;
  const stale = staleRequests(plan, present, planned);
  const { wanted, dropped: unwanted } = dropStale(plan.steps, stale);
  const { fitting, dropped: tooMuch } = await dropWithoutRoom(draft, wanted, circumstances);
  const { done, dropped: changed } = await carryOut(draft, { ...plan, steps: fitting, requests: [] }, { now });
  const dropped = [...unwanted, ...tooMuch, ...changed];
  const notOrdered = Map.groupBy([...tooMuch, ...changed], ({ step }) => requestOfStep(step));
  const requests = plan.requests
    .filter(({ after }) => !stale.has(after.id))
    .map((change) => withDropped(change, notOrdered.get(change.after.id) ?? []));
  for (const { before, after } of requests) draft.putRequest(before, after);
  const left = Array.from(stale, ([request, why]): StaleRequest => ({ request, why }));
  draft.setHistory({
    planner: plan.planner,
    title: plan.title,
    time: now,
    planVersion: plan.version,
    document: documentOf(plan, {
      dropped: dropped.map(({ step, why }) => ({ ...step, why })),
      ...(left.length === 0 ? {} : { stale_requests: left }),
      notes: plan.notes ?? {},
    }),
    deeds: await cycleDeeds(done, draft),
  });
  return { done, dropped, requests, stale: left };
}

/** The plan's own text as it is, which may be long; notes stand last. */
function documentOf({ document }: Plan, rest: object): string {
  return `{"plan":${document},${JSON.stringify(rest).slice(1)}`;
}

function dropStale(
  steps: readonly PlanStep[],
  stale: ReadonlyMap<number, string>,
): { wanted: readonly PlanStep[]; dropped: DroppedStep[] } {
  if (stale.size === 0) return { wanted: steps, dropped: [] };
  const wanted: PlanStep[] = [];
  const dropped: DroppedStep[] = [];
  for (const step of steps) {
    const why = stale.get(requestOfStep(step) ?? -1);
    if (why === undefined) wanted.push(step);
    else dropped.push({ step, why });
  }
  return { wanted, dropped };
}

/** What was announced for the request and then was not ordered is said with it, until the next cycle looks again. */
function withDropped(change: RequestChange, own: readonly DroppedStep[]): RequestChange {
  const [first] = own;
  if (first === undefined) return change;
  const { dataset, site } = first.step;
  const more = own.length === 1 ? '' : ` (and ${own.length - 1} more)`;
  const reason = `${change.after.reason}; not ordered: ${dataset} to ${site}${more}, as ${first.why}`;
  return { before: change.before, after: { ...change.after, reason } };
}

async function dropWithoutRoom(
  { tables }: Pick<InventoryView, 'tables'>,
  steps: readonly PlanStep[],
  { configuration, now }: DealerCircumstances,
): Promise<{ fitting: PlanStep[]; dropped: DroppedStep[] }> {
  const room = new SiteRoom(tables, forecastPartitions(tables, now), configuration);
  const load = room.emptyLoad();
  const assignments = new Assignments();
  const fitting: PlanStep[] = [];
  const dropped: DroppedStep[] = [];
  const slice = new TimeSlice();
  for (const together of sameDestination(steps)) {
    if (slice.isOver) await slice.next();
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
    // Core looks at it for copies alone.
    const status = DATASET_STATUSES[tables.datasets.status.get(dataset)];
    if (status !== 'valid' && status !== 'production') return `the dataset is ${status} now`;
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
