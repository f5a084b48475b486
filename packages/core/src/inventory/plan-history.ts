import { joinKey } from '../change-set/record-key.ts';
import type { CycleDeed, HistoryRecord } from '../seams/commit.ts';
import type { Plan, PlanStep } from '../seams/plan.ts';
import { TimeSlice } from '../slices/time-slice.ts';
import type { CarriedOut } from './carry-out.ts';
import { findBlockReplica } from './find-block-replica.ts';
import { NO_ROW } from './tables.ts';
import type { InventoryView } from './view.ts';

/** Who made a plan, and who agreed to it. Times are seconds since 1970. */
export interface PlanApproval {
  readonly plan: number;
  readonly madeBy: string;
  readonly madeAt: number;
  readonly approvedBy: string;
  readonly comment: string | null;
}

/** Of a plan that was carried out on `view`, which has its steps already. */
export async function historyOf(
  plan: Plan,
  outcome: CarriedOut,
  { view, ...circumstances }: HistoryCircumstances & { readonly view: InventoryView },
): Promise<HistoryRecord> {
  return { ...recordOf(plan, outcome, circumstances), deeds: await cycleDeeds(outcome.done, view) };
}

/** Of a plan that was made to be looked at, and not carried out. */
export function historyOfTest(plan: Plan, time: number): HistoryRecord {
  const further = { not_committable: plan.notCommittable };
  return { ...recordOf(plan, { done: [], dropped: [] }, { time, approval: undefined, further }), isTest: true };
}

interface HistoryCircumstances {
  /** Of the commit. */
  readonly time: number;
  readonly approval: PlanApproval | undefined;
  /** JSON values. */
  readonly further?: Readonly<Record<string, unknown>>;
}

/** The document is `{plan, carried_out, dropped, approval, inputs, notes}`; the plan's own text as it is, which may be long. */
function recordOf(
  { planner, title, version, document, inputs, notes, contents = {} }: Plan,
  { done, dropped }: CarriedOut,
  { time, approval, further = {} }: HistoryCircumstances,
): HistoryRecord {
  const counts: Record<PlanStep['kind'], number> = { delete: 0, copy: 0, 'hand-over': 0 };
  for (const { kind } of done) counts[kind] += 1;
  const rest = {
    carried_out: { deleted: counts.delete, copied: counts.copy, handed_over: counts['hand-over'] },
    dropped: dropped.map(({ step, why }) => ({ ...step, why })),
    ...(approval === undefined ? {} : { approval }),
    ...further,
    ...(inputs === undefined ? {} : { inputs }),
    notes: notes ?? {},
  };
  const text = `{"plan":${document},${JSON.stringify(rest).slice(1)}`;
  return { planner, title, time, planVersion: version, document: text, contents };
}

/** What was ordered, by dataset, site and reason. `view` has it already. */
export async function cycleDeeds(done: readonly PlanStep[], view: InventoryView): Promise<readonly CycleDeed[]> {
  const deeds = new Map<string, { -readonly [K in keyof CycleDeed]: CycleDeed[K] }>();
  const slice = new TimeSlice();
  for (const step of done) {
    if (slice.isOver) await slice.next();
    const { kind, dataset, site, reason } = step;
    const reference = reason.reference ?? null;
    const key = `${kind}\t${dataset}\t${site}\t${reference}`;
    const known = deeds.get(key) ?? { kind, dataset, site, blocks: 0, bytes: 0, reference };
    known.blocks += 1;
    known.bytes += bytesOf(step, view);
    deeds.set(key, known);
  }
  return [...deeds.values()];
}

/** Of a copy, what comes; else what is there. */
function bytesOf({ kind, dataset, block, site }: PlanStep, view: InventoryView): number {
  if (kind === 'copy') return view.record('block', joinKey(dataset, block))?.size ?? 0;
  const row = findBlockReplica(view.tables, { dataset, block, site });
  return row === NO_ROW ? 0 : view.tables.blockReplicas.size(row);
}
