/** A past cycle of Detox, put together again from the history: the version that it was made on, and all that went in. */
import {
  type CycleRecord,
  DynamoError,
  type InventoryView,
  inputError,
  isDynamoError,
  type VariableDefinition,
  type Version,
} from '@dynamo/core';
import type { CycleInputs, RecordedRun } from '@dynamo/policies';
import type { Application, ServiceOptions } from './application.ts';
import { type PastAnswer, type PastTask, pastPlanner } from './planners/past-planner.ts';
import { runPlannerOn } from './planners/run-planner.ts';
import { digestOf, isPolicyModule, type PolicyText, withAuthorisation } from './policy-text.ts';
import { readContent, readContents, readDetoxRecord } from './whole-plan.ts';

export interface PastRunAsked {
  /** Its number. */
  readonly cycle: number;
  /** The module that the cycle ran, as somebody has it who may run it; default: only one that the configuration names runs. */
  readonly policy?: PolicyText;
}

export interface PastRun {
  readonly record: CycleRecord;
  readonly recorded: RecordedRun;
  readonly policy: PolicyText;
}

/** What the host writes beside what `CycleInputs` has. */
interface HostInputs extends CycleInputs {
  readonly minimum_age_seconds: number;
  readonly variables: readonly VariableDefinition[];
}

/** Makes a run again. Rejects with `too-old` where the log does not reach back to its version. */
export async function askPastRun<K extends PastAnswer['kind']>(
  application: Application,
  { record, recorded, policy }: PastRun,
  want: Extract<PastTask['want'], { readonly kind: K }>,
  { signal }: ServiceOptions,
): Promise<Extract<PastAnswer, { readonly kind: K }>> {
  const { minimum_age_seconds: minimumAgeSeconds, variables } = recorded.inputs as HostInputs;
  const view = await viewOf(application, record, signal);
  const task = { recorded, policy, variables, minimumAgeSeconds, want };
  const answer = await runPlannerOn(application, pastPlanner, task, { view, signal });
  return answer as Extract<PastAnswer, { readonly kind: K }>;
}

/**
 * The record alone: nothing is run, and no version is looked for. Rejects with `not-found` for a cycle that there is not,
 * `invalid-input` for one of another planner or another policy than is given, and `refused` for a module that may not run.
 */
export async function readPastRun(
  { store, configuration }: Pick<Application, 'store' | 'configuration'>,
  { cycle, policy: given }: PastRunAsked,
): Promise<PastRun> {
  const record = await store.history.cycle(cycle);
  if (record === null) throw new DynamoError('not-found', `there is no cycle ${cycle}`);
  if (record.planner !== 'detox') {
    throw inputError({
      what: `cycle ${cycle} is one of ${record.planner}`,
      hint: 'only cycles of Detox are made again',
    });
  }
  const detox = readDetoxRecord(record);
  const policyDigest = record.contents.policy;
  if (detox === null || policyDigest === undefined) {
    throw new DynamoError('corrupt', `the history of cycle ${cycle} has not all that it was made from`);
  }
  const { plan, inputs } = detox;
  const contents = await readContents(store.history, record);
  const kept = {
    file: inputs.policy.file,
    text: new TextDecoder().decode(await readContent(store.history, policyDigest)),
  };
  if (given !== undefined && digestOf(given) !== inputs.policy.sha256) {
    throw inputError({
      what: `it is not the policy of cycle ${cycle}: its sha256 is ${digestOf(given)}, the cycle's is ${inputs.policy.sha256}`,
      where: { file: given.file },
      hint: `the history has ${kept.file} as it was then`,
    });
  }
  return { record, recorded: { plan, inputs, contents }, policy: runnable(kept, given, { cycle, configuration }) };
}

/** A module is a program: that it could run then does not say that it may now. */
function runnable(
  kept: PolicyText,
  given: PolicyText | undefined,
  { cycle, configuration }: { readonly cycle: number; readonly configuration: Application['configuration'] },
): PolicyText {
  if (!isPolicyModule(kept.file)) return kept;
  const policy = given?.mayRun === true ? { ...kept, mayRun: true } : withAuthorisation(kept, configuration);
  if (policy.mayRun === true) return policy;
  const digest = digestOf(kept);
  throw new DynamoError(
    'refused',
    `cycle ${cycle} ran ${kept.file} with the sha256 ${digest}, which the configuration does not name any more: give that very file with --policy, or name it there again (detox.policies)`,
    { data: { file: kept.file, sha256: digest } },
  );
}

async function viewOf(
  { inventory }: Pick<Application, 'inventory'>,
  { cycle, planVersion }: CycleRecord,
  signal: AbortSignal | undefined,
): Promise<InventoryView> {
  try {
    return await inventory.viewAt(planVersion as Version, signal === undefined ? {} : { signal });
  } catch (cause) {
    if (!isDynamoError(cause, 'too-old')) throw cause;
    throw new DynamoError(
      'too-old',
      `cycle ${cycle} was planned on version ${planVersion}, to which the log does not reach back any more: see retention.logDays`,
      { data: { cycle, version: planVersion }, cause },
    );
  }
}
