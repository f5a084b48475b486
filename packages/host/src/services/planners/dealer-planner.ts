import type { ApplicationRun, AttributeColumn, InventoryView, Plan, RequestRecord } from '@dynamo/core';
import {
  type DealerConfiguration,
  type DetoxPlanDocument,
  dealerPlan,
  detoxFindings,
  planDealer,
} from '@dynamo/policies';
import type { PlannerModule } from './run-planner.ts';

/** A Dealer run with everything that it needs, as values. */
export interface DealerTask {
  readonly configuration: DealerConfiguration;
  readonly requests: readonly RequestRecord[];
  readonly attributes: ReadonlyMap<string, AttributeColumn>;
  /** The history document of the partition's last Detox cycle; null where there was none. */
  readonly detox: string | null;
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
  const findings =
    detox === null ? {} : { detox: detoxFindings((JSON.parse(detox) as { plan: DetoxPlanDocument }).plan) };
  return dealerPlan(planDealer(view, { ...inputs, ...findings }), notCommittable);
}
