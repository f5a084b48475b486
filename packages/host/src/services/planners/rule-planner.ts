import type { ApplicationRun, AttributeColumn, InventoryView } from '@dynamo/core';
import { assessRule, type DealerConfiguration, type RuleAssessment, type UserRule } from '@dynamo/policies';
import type { PlannerModule } from './run-planner.ts';

export interface RuleTask {
  readonly rule: UserRule;
  readonly configuration: DealerConfiguration;
  readonly attributes: ReadonlyMap<string, AttributeColumn>;
  readonly now: number;
}

export const rulePlanner: PlannerModule<RuleTask, RuleAssessment> = {
  name: 'rule',
  module: import.meta.url,
  plan: assessTask,
};

export const run: ApplicationRun = ({ view, arguments: task }) => assessTask(view, task as RuleTask);

function assessTask(view: InventoryView, { rule, ...options }: RuleTask): RuleAssessment {
  return assessRule(view, rule, options);
}
