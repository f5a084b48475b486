/** A past run of Detox made again, to be compared or explained. */
import type { ApplicationRun, InventoryView, VariableDefinition } from '@dynamo/core';
import {
  type DetoxExplanation,
  type DetoxReplay,
  explainDetoxAt,
  type RecordedRun,
  recordedOptions,
  replayDetox,
} from '@dynamo/policies';
import { guardRules } from '../guard.ts';
import type { PolicyText } from '../policy-text.ts';
import { readDetoxPolicy } from './detox-planner.ts';
import type { PlannerModule } from './run-planner.ts';

/** With everything that it needs, as values. */
export interface PastTask {
  readonly recorded: RecordedRun;
  readonly policy: PolicyText;
  readonly variables: readonly VariableDefinition[];
  readonly minimumAgeSeconds: number;
  readonly want:
    | { readonly kind: 'replay' }
    | { readonly kind: 'explain'; readonly dataset: string; readonly sites: readonly string[] };
}

export type PastAnswer =
  | { readonly kind: 'replay'; readonly replay: DetoxReplay }
  /** One for each site that was asked for. */
  | { readonly kind: 'explain'; readonly explanations: readonly DetoxExplanation[] };

export const pastPlanner: PlannerModule<PastTask, PastAnswer> = {
  name: 'past detox',
  module: import.meta.url,
  plan: planTask,
};

export const run: ApplicationRun = ({ view, arguments: task }) => planTask(view, task as PastTask);

async function planTask(
  view: InventoryView,
  { recorded, policy: text, variables, minimumAgeSeconds, want }: PastTask,
): Promise<PastAnswer> {
  const policy = await readDetoxPolicy(text, { now: recorded.plan.now, variables });
  const given = { policy, guardRules: guardRules({ minimumAgeSeconds }) };
  if (want.kind === 'replay') return { kind: 'replay', replay: replayDetox(view, recorded, given) };
  const options = recordedOptions(recorded, given);
  const { dataset, sites } = want;
  return { kind: 'explain', explanations: explainDetoxAt(view, options, dataset, sites) };
}
