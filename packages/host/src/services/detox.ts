import { assert, DynamoError, historyOfTest, type PlanStep, type Version } from '@dynamo/core';
import {
  type Application,
  type PlanningApplication,
  readInventory,
  type ServiceOptions,
  type WritingOptions,
  writeInventory,
} from './application.ts';
import { carryOutOrWait } from './approvals.ts';
import { producedVariables } from './attributes.ts';
import type { DetoxCommitted, DetoxTested } from './detox-committed.ts';
import { type DetoxInputs, readDetoxInputs } from './detox-inputs.ts';
import { type DetoxAnswer, type DetoxTask, detoxPlanner, readDetoxPolicy } from './planners/detox-planner.ts';
import { runPlanner, runPlannerOn } from './planners/run-planner.ts';
import { type PolicyText, refuseUnauthorised } from './policy-text.ts';
import { readRecordBase } from './whole-plan.ts';

/** A run of Detox as a person asks for it. */
export interface DetoxRun {
  readonly policy: PolicyText;
  /** Seconds since 1970; default: now. */
  readonly now?: number;
  readonly guard?: 'on' | 'off';
  /** Default: as configured. */
  readonly deletionPerIteration?: number;
  /** Every decision lists its blocks. */
  readonly blocks?: boolean;
  /** An earlier version, which the log still reaches: such a plan is never carried out. Default: the present one. */
  readonly version?: number;
}

/** The plan as docs/formats.md has it: one JSON object, the same bytes for the same inputs. Nothing is changed. */
export async function previewDetox(
  application: PlanningApplication,
  run: DetoxRun,
  options: ServiceOptions = {},
): Promise<string> {
  const answer = await plan(application, run, 'preview', options);
  assert(answer.kind === 'preview', 'a preview was asked for');
  return answer.json;
}

/** Plans, and carries the plan out, or keeps it until it is approved: what no longer fits then is dropped and reported. */
export async function commitDetox(
  application: Application,
  run: DetoxRun,
  options: WritingOptions,
): Promise<DetoxCommitted> {
  refuseUnauthorised(run.policy, application.configuration);
  if (run.version !== undefined) {
    throw new DynamoError('refused', 'a plan made on an earlier version cannot be committed');
  }
  const answer = await plan(application, run, 'plan', options);
  assert(answer.kind === 'plan', 'a plan was asked for');
  return carryOutOrWait(application, answer.plan, options);
}

/**
 * Plans, and keeps the plan in the history as a test: nothing is deleted, and nothing that comes after looks at it. It may
 * be a plan that could not be committed; the history says why then.
 */
export async function testDetox(
  application: Application,
  run: DetoxRun,
  options: WritingOptions,
): Promise<DetoxTested> {
  if (run.version !== undefined) {
    throw new DynamoError('refused', 'a plan made on an earlier version is not kept: leave the version out');
  }
  const answer = await plan(application, run, 'plan', options);
  assert(answer.kind === 'plan', 'a plan was asked for');
  const { title, steps, notCommittable } = answer.plan;
  const { cycle, version } = await writeInventory(application, 'detox', options, (draft) =>
    draft.setHistory(historyOfTest(answer.plan, application.clock.nowSeconds())),
  );
  const count = (kind: PlanStep['kind']): number => steps.reduce((sum, step) => sum + (step.kind === kind ? 1 : 0), 0);
  return { cycle, version, title, deletions: count('delete'), handOvers: count('hand-over'), notCommittable };
}

async function plan(
  application: PlanningApplication,
  run: DetoxRun,
  kind: DetoxAnswer['kind'],
  options: ServiceOptions,
): Promise<DetoxAnswer> {
  const { configuration, notCommittable, store } = application;
  const now = run.now ?? application.clock.nowSeconds();
  const variables = producedVariables(application);
  // Here too: an error that comes out of a thread has lost its places.
  const { partition } = await readDetoxPolicy(run.policy, { now, variables });
  const asked = { now, partition };
  const recordBase =
    kind === 'plan' && store !== undefined ? await readRecordBase(store.history, `Detox ${partition}`) : undefined;
  const taskOf = (inputs: DetoxInputs): DetoxTask => ({
    want: kind === 'plan' ? { kind, recordBase } : { kind, blocks: run.blocks ?? false },
    ...{ ...inputs, now, variables, notCommittable: [...notCommittable] },
    policy: run.policy,
    guard: run.guard ?? 'on',
    deletionPerIteration: run.deletionPerIteration ?? configuration.detox.deletionPerIteration,
  });
  if (run.version !== undefined) {
    const signal = options.signal ?? new AbortController().signal;
    using view = await application.inventory.viewAt(run.version as Version, { signal });
    const task = taskOf(await readDetoxInputs(application, view, { ...asked, signal }));
    return await runPlannerOn(application, detoxPlanner, task, { view, signal });
  }
  const inputs = await readInventory(application, 'attributes', options, (view, signal) =>
    readDetoxInputs(application, view, { ...asked, signal }),
  );
  return runPlanner(application, detoxPlanner, taskOf(inputs), options);
}
