import type { HistoryRecord } from '../seams/commit.ts';
import type { Plan } from '../seams/plan.ts';
import type { CarriedOut } from './carry-out.ts';

/** `{plan, dropped, notes}`; the plan's own text as it is, which may be long. */
export function historyOf(plan: Plan, { dropped }: CarriedOut, time: number): HistoryRecord {
  const rest = { dropped: dropped.map(({ step, why }) => ({ ...step, why })), notes: plan.notes ?? {} };
  const document = `{"plan":${plan.document},${JSON.stringify(rest).slice(1)}`;
  return { planner: plan.planner, title: plan.title, time, planVersion: plan.version, document };
}
