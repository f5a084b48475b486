import { assert, type CarriedOut } from '@dynamo/core';
import {
  type Application,
  type PlanningApplication,
  readInventory,
  type ServiceOptions,
  type WritingOptions,
} from './application.ts';
import { loadAttributes, producedVariables } from './attributes.ts';
import { type DetoxAnswer, type DetoxTask, detoxPlanner, readDetoxPolicy } from './planners/detox-planner.ts';
import { lastNotes } from './planners/last-notes.ts';
import { runPlanner } from './planners/run-planner.ts';
import { type PolicyText, refuseUnauthorised } from './policy-text.ts';

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
}

/** What a committed run did. */
export interface DetoxCommitted {
  readonly cycle: number | null;
  readonly version: number;
  readonly title: string;
  /** Steps carried out. */
  readonly done: number;
  readonly dropped: CarriedOut['dropped'];
}

/** The plan as docs/formats.md has it: one JSON object, the same bytes for the same inputs. Nothing is changed. */
export async function previewDetox(
  application: PlanningApplication,
  run: DetoxRun,
  options: ServiceOptions = {},
): Promise<string> {
  const want = { kind: 'preview', blocks: run.blocks ?? false } as const;
  const answer = await plan(application, run, { want, suppliedBefore: [] }, options);
  assert(answer.kind === 'preview', 'a preview was asked for');
  return answer.json;
}

/** Plans, and carries the plan out: what no longer fits then is dropped and reported. */
export async function commitDetox(
  application: Application,
  run: DetoxRun,
  options: WritingOptions,
): Promise<DetoxCommitted> {
  refuseUnauthorised(run.policy, application.configuration);
  const suppliedBefore = await lastSupplied(application, run);
  const answer = await plan(application, run, { want: { kind: 'plan' }, suppliedBefore }, options);
  assert(answer.kind === 'plan', 'a plan was asked for');
  const author = { application: 'detox', user: options.user };
  const { result, cycle, version } = await application.scheduler.run(
    { name: 'detox', access: 'write', signal: options.signal },
    ({ signal }) => application.inventory.carryOut(answer.plan, author, { signal }),
  );
  return { cycle, version, title: answer.plan.title, done: result.done.length, dropped: result.dropped };
}

async function plan(
  application: PlanningApplication,
  run: DetoxRun,
  rest: Pick<DetoxTask, 'want' | 'suppliedBefore'>,
  options: ServiceOptions,
): Promise<DetoxAnswer> {
  const { configuration, notCommittable } = application;
  const now = run.now ?? application.clock.nowSeconds();
  const variables = producedVariables(application);
  // Here too: an error that comes out of a thread has lost its places.
  await readDetoxPolicy(run.policy, { now, variables });
  const { byVariable: attributes } = await readInventory(application, 'attributes', options, (view, signal) =>
    loadAttributes(application, view, { now, signal }),
  );
  const task: DetoxTask = {
    ...{ ...rest, now, variables, attributes, notCommittable: [...notCommittable] },
    policy: run.policy,
    guard: run.guard ?? 'on',
    deletionPerIteration: run.deletionPerIteration ?? configuration.detox.deletionPerIteration,
  };
  return runPlanner(application, detoxPlanner, task, options);
}

/** Produced variables that had a value at the partition's last committed run: one without a value now stops this one. */
async function lastSupplied(application: Application, run: DetoxRun): Promise<readonly string[]> {
  const now = run.now ?? application.clock.nowSeconds();
  const { partition } = await readDetoxPolicy(run.policy, { now, variables: producedVariables(application) });
  const notes = await lastNotes(application, 'detox', `Detox ${partition}`);
  const supplied = notes.supplied ?? [];
  return Array.isArray(supplied) ? supplied.filter((name) => typeof name === 'string') : [];
}
