import { type DetoxExplanation, explainDetox, formatExplanation } from '@dynamo/policies';
import { type PlanningApplication, readInventory, type ServiceOptions } from './application.ts';
import { producedVariables } from './attributes.ts';
import type { DetoxRun } from './detox.ts';
import { readDetoxInputs } from './detox-inputs.ts';
import { guardRules } from './guard.ts';
import { readDetoxPolicy } from './planners/detox-planner.ts';

export interface ReplicaName {
  readonly dataset: string;
  readonly site: string;
}

export interface ExplainedDecision {
  readonly explanation: DetoxExplanation;
  /** The same for people. */
  readonly text: string;
}

/** Runs a policy and tells what it makes of one dataset replica: which line decided, and what each line saw. */
export function explainDecision(
  application: PlanningApplication,
  run: DetoxRun,
  { dataset, site }: ReplicaName,
  options: ServiceOptions = {},
): Promise<ExplainedDecision> {
  const now = run.now ?? application.clock.nowSeconds();
  return readInventory(application, 'explain', options, async (view, signal) => {
    const policy = await readDetoxPolicy(run.policy, { now, variables: producedVariables(application) });
    const inputs = await readDetoxInputs(application, view, { now, partition: policy.partition, signal });
    const { minimumAgeSeconds, ...known } = inputs;
    const { guard = 'on', deletionPerIteration = application.configuration.detox.deletionPerIteration } = run;
    const explanation = explainDetox(
      view,
      { ...known, policy, now, guard, deletionPerIteration, guardRules: guardRules({ minimumAgeSeconds }) },
      dataset,
      site,
    );
    return { explanation, text: formatExplanation(explanation) };
  });
}
