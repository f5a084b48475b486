import {
  type ApplicationRun,
  type AttributeColumn,
  diagnosticsError,
  type InventoryView,
  type Plan,
  replicaVariables,
  type VariableDefinition,
} from '@dynamo/core';
import {
  type CheckedPolicy,
  type DetoxOptions,
  definePolicy,
  detoxPlan,
  detoxPlanJson,
  planDetox,
  type RecordBase,
  readPolicy,
} from '@dynamo/policies';
import { guardRules } from '../guard.ts';
import { loadPolicyModule } from '../load-policy-module.ts';
import { isPolicyModule, type PolicyText } from '../policy-text.ts';
import type { PlannerModule } from './run-planner.ts';

/** A Detox run with everything that it needs, as values. */
export interface DetoxTask extends Required<Omit<DetoxOptions, 'policy' | 'evaluation' | 'guardRules'>> {
  readonly minimumAgeSeconds: number;
  readonly policy: PolicyText;
  /** What producers add to the variables of the language. */
  readonly variables: readonly VariableDefinition[];
  readonly attributes: ReadonlyMap<string, AttributeColumn>;
  /** `recordBase`: of an earlier cycle, beside which the history keeps the plan. */
  readonly want:
    | { readonly kind: 'plan'; readonly recordBase: RecordBase | undefined }
    | { readonly kind: 'preview'; readonly blocks: boolean };
}

export type DetoxAnswer =
  | { readonly kind: 'plan'; readonly plan: Plan }
  /** The plan as docs/formats.md has it. */
  | { readonly kind: 'preview'; readonly json: string };

export const detoxPlanner: PlannerModule<DetoxTask, DetoxAnswer> = {
  name: 'detox',
  module: import.meta.url,
  plan: planTask,
};

export const run: ApplicationRun = ({ view, arguments: task }) => planTask(view, task as DetoxTask);

/** Rejects with `invalid-input` with every fault of the policy, with `refused` for a module that may not run. */
export async function readDetoxPolicy(
  policy: PolicyText,
  { now, variables }: Pick<DetoxTask, 'now' | 'variables'>,
): Promise<CheckedPolicy> {
  const lines = replicaVariables().extend(variables);
  const { file, text } = policy;
  if (isPolicyModule(file)) {
    return definePolicy(await loadPolicyModule(policy), { file, source: text, nowSeconds: now, variables: lines });
  }
  const outcome = readPolicy(text, { file, nowSeconds: now, lines });
  if (outcome.ok) return outcome.value;
  throw diagnosticsError(outcome.diagnostics, text);
}

async function planTask(view: InventoryView, task: DetoxTask): Promise<DetoxAnswer> {
  const { want, variables, policy, minimumAgeSeconds, ...options } = task;
  const checked = await readDetoxPolicy(policy, { now: options.now, variables });
  const result = planDetox(view, { ...options, policy: checked, guardRules: guardRules({ minimumAgeSeconds }) });
  if (want.kind === 'plan') {
    const plan = detoxPlan(result, { recordBase: want.recordBase });
    return {
      kind: 'plan',
      plan: { ...plan, inputs: { ...plan.inputs, minimum_age_seconds: minimumAgeSeconds, variables } },
    };
  }
  return { kind: 'preview', json: detoxPlanJson(result, { blocks: want.blocks }) };
}
