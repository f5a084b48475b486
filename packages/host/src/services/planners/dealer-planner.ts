import type { ApplicationRun, AttributeColumn, InventoryView, Plan, RequestRecord } from '@dynamo/core';
import {
  type DealerConfiguration,
  type DetoxFindings,
  type DetoxPlanDocument,
  dealerPlan,
  detoxFindings,
  planDealer,
  unpackedDecisions,
} from '@dynamo/policies';
import type { PackedDecisions } from '../whole-plan.ts';
import type { PlannerModule } from './run-planner.ts';

/** A Dealer run with everything that it needs, as values. */
export interface DealerTask {
  readonly configuration: DealerConfiguration;
  readonly requests: readonly RequestRecord[];
  readonly attributes: ReadonlyMap<string, AttributeColumn>;
  /** Of the partition's last Detox cycle, as the history has it; null where there was none. */
  readonly detox: { readonly plan: object; readonly packed: PackedDecisions } | null;
  readonly now: number;
  readonly seed: number;
  readonly notCommittable: readonly string[];
}

export const dealerPlanner: PlannerModule<DealerTask, Plan> = {
  name: 'dealer',
  module: import.meta.url,
  plan: planTask,
};

export const run: ApplicationRun = ({ view, arguments: task }) => planTask(view, task as DealerTask);

function planTask(view: InventoryView, { detox, notCommittable, ...inputs }: DealerTask): Plan {
  const findings = detox === null ? {} : { detox: findingsOf(detox) };
  return dealerPlan(planDealer(view, { ...inputs, ...findings }), notCommittable);
}

function findingsOf({ plan, packed }: NonNullable<DealerTask['detox']>): DetoxFindings {
  const head = plan as Omit<DetoxPlanDocument, 'decisions'>;
  return detoxFindings({ ...head, decisions: unpackedDecisions(packed).decisions({ decision: 'protect' }) });
}
