import type { HistoryRecord } from '../seams/commit.ts';
import type { Plan } from '../seams/plan.ts';
import type { CarriedOut } from './carry-out.ts';

/** Who made a plan, and who agreed to it. Times are seconds since 1970. */
export interface PlanApproval {
  readonly plan: number;
  readonly madeBy: string;
  readonly madeAt: number;
  readonly approvedBy: string;
  readonly comment: string | null;
}

/** `{plan, dropped, approval, notes}`; the plan's own text as it is, which may be long. */
export function historyOf(
  plan: Plan,
  { dropped }: CarriedOut,
  time: number,
  approval: PlanApproval | undefined,
): HistoryRecord {
  const rest = {
    dropped: dropped.map(({ step, why }) => ({ ...step, why })),
    ...(approval === undefined ? {} : { approval }),
    notes: plan.notes ?? {},
  };
  const document = `{"plan":${plan.document},${JSON.stringify(rest).slice(1)}`;
  return { planner: plan.planner, title: plan.title, time, planVersion: plan.version, document };
}
