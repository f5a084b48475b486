/** A past cycle of Detox, put together again from the history: the version that it was made on, and all that went in. */
import {
  type CycleRecord,
  DynamoError,
  type GuardRule,
  type InventoryView,
  inputError,
  isDynamoError,
  type VariableDefinition,
  type Version,
} from '@dynamo/core';
import type { CheckedPolicy, CycleInputs, RecordedRun } from '@dynamo/policies';
import type { Application, ServiceOptions } from './application.ts';
import { guardRules } from './guard.ts';
import { readDetoxPolicy } from './planners/detox-planner.ts';
import { digestOf, isPolicyModule, type PolicyText, withAuthorisation } from './policy-text.ts';
import { readContent } from './whole-plan.ts';

export interface PastRunAsked {
  /** Its number. */
  readonly cycle: number;
  /** The module that the cycle ran, as somebody has it who may run it; default: only one that the configuration names runs. */
  readonly policy?: PolicyText;
}

/** Good while it is lent. */
export interface PastRun {
  readonly record: CycleRecord;
  readonly recorded: RecordedRun;
  readonly view: InventoryView;
  readonly policy: CheckedPolicy;
  readonly guardRules: readonly GuardRule[];
}

/** What the host writes beside what `CycleInputs` has. */
interface HostInputs extends CycleInputs {
  readonly minimum_age_seconds: number;
  readonly variables: readonly VariableDefinition[];
}

/**
 * Rejects with `not-found` for a cycle that there is not, `invalid-input` for one of another planner or another policy than
 * is given, `refused` for a module that may not run, and `too-old` where the log does not reach back to its version.
 */
export async function withPastRun<T>(
  application: Application,
  asked: PastRunAsked,
  { signal }: ServiceOptions,
  work: (run: PastRun) => T | Promise<T>,
): Promise<T> {
  const { record, recorded, text } = await readPastRun(application, asked);
  const { minimum_age_seconds: minimumAgeSeconds, variables } = recorded.inputs as HostInputs;
  const policy = await readDetoxPolicy(text, { now: recorded.plan.now, variables });
  using view = await viewOf(application, record, signal);
  return await work({ record, recorded, view, policy, guardRules: guardRules({ minimumAgeSeconds }) });
}

/** The record alone: nothing is run, and no version is looked for. */
async function readPastRun(
  { store, configuration }: Pick<Application, 'store' | 'configuration'>,
  { cycle, policy: given }: PastRunAsked,
): Promise<{ readonly record: CycleRecord; readonly recorded: RecordedRun; readonly text: PolicyText }> {
  const record = await store.history.cycle(cycle);
  if (record === null) throw new DynamoError('not-found', `there is no cycle ${cycle}`);
  if (record.planner !== 'detox') {
    throw inputError({
      what: `cycle ${cycle} is one of ${record.planner}`,
      hint: 'only cycles of Detox are made again',
    });
  }
  const { plan, inputs } = JSON.parse(record.document) as Pick<RecordedRun, 'plan' | 'inputs'>;
  const content = async (name: string): Promise<Uint8Array> => {
    const digest = record.contents[name];
    if (digest === undefined) throw new DynamoError('corrupt', `the history of cycle ${cycle} has no ${name}`);
    return readContent(store.history, digest);
  };
  const contents = {
    datasets: await content('datasets'),
    decisions: await content('decisions'),
    attributes: await content('attributes'),
  };
  const kept = { file: inputs.policy.file, text: new TextDecoder().decode(await content('policy')) };
  if (given !== undefined && digestOf(given) !== inputs.policy.sha256) {
    throw inputError({
      what: `it is not the policy of cycle ${cycle}: its sha256 is ${digestOf(given)}, the cycle's is ${inputs.policy.sha256}`,
      where: { file: given.file },
      hint: `the history has ${kept.file} as it was then`,
    });
  }
  return { record, recorded: { plan, inputs, contents }, text: runnable(kept, given, { cycle, configuration }) };
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
