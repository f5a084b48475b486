import {
  type CarriedOut,
  diagnosticsError,
  type InventoryView,
  type Plan,
  replicaVariables,
  type Updated,
} from '@dynamo/core';
import { type DetoxOptions, type DetoxResult, detoxPlan, detoxPlanJson, planDetox, readPolicy } from '@dynamo/policies';
import { type PlanningApplication, readInventory, type ServiceOptions, type WritingOptions } from './application.ts';
import { loadAttributes, producedVariables } from './attributes.ts';
import type { PolicyText } from './check-policy.ts';

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
  /** Produced variables that had a value at the last committed run: one that has none now stops the commit. */
  readonly suppliedBefore?: readonly string[];
}

/** What a committed run did. */
export interface DetoxCommitted {
  readonly cycle: number | null;
  readonly version: number;
  readonly title: string;
  readonly done: number;
  readonly dropped: CarriedOut['dropped'];
  /** For the next run's `suppliedBefore`. */
  readonly supplied: readonly string[];
}

/** The plan as docs/formats.md has it: one JSON object, the same bytes for the same inputs. Nothing is changed. */
export function previewDetox(
  application: PlanningApplication,
  run: DetoxRun,
  options: ServiceOptions = {},
): Promise<string> {
  const { blocks = false } = run;
  return withDetoxOptions(application, run, options, (view, detox) =>
    detoxPlanJson(planDetox(view, detox), { blocks }),
  );
}

/** Plans, and carries the plan out: what no longer fits then is dropped and reported. */
export async function commitDetox(
  application: PlanningApplication,
  run: DetoxRun,
  options: WritingOptions,
): Promise<DetoxCommitted> {
  const { plan, supplied } = await withDetoxOptions(application, run, options, (view, detox) => {
    const result: DetoxResult = planDetox(view, detox);
    return { plan: detoxPlan(result), supplied: result.supplied };
  });
  const { result, cycle, version } = await carryOutPlan(application, plan, options);
  return { cycle, version, title: plan.title, done: result.done.length, dropped: result.dropped, supplied };
}

/** Lends a view with everything that a run of the policy needs. */
export function withDetoxOptions<T>(
  application: PlanningApplication,
  { policy: { file, text }, ...run }: DetoxRun,
  options: ServiceOptions,
  work: (view: InventoryView, detox: DetoxOptions) => T,
): Promise<T> {
  const now = run.now ?? application.clock.nowSeconds();
  const lines = replicaVariables().extend(producedVariables(application));
  const policy = readPolicy(text, { file, nowSeconds: now, lines });
  if (!policy.ok) return Promise.reject(diagnosticsError(policy.diagnostics, text));
  return readInventory(application, 'detox', options, async (view, signal) => {
    const { byVariable } = await loadAttributes(application, view, { now, signal });
    return work(view, {
      policy: policy.value,
      now,
      attributes: byVariable,
      guard: run.guard ?? 'on',
      deletionPerIteration: run.deletionPerIteration ?? application.configuration.detox.deletionPerIteration,
      suppliedBefore: run.suppliedBefore ?? [],
      notCommittable: application.notCommittable,
    });
  });
}

function carryOutPlan(
  { scheduler, inventory }: PlanningApplication,
  plan: Plan,
  { user, signal: caller }: WritingOptions,
): Promise<Updated<CarriedOut>> {
  return scheduler.run({ name: 'detox', access: 'write', signal: caller }, ({ signal }) =>
    inventory.carryOut(plan, { application: 'detox', user }, { signal }),
  );
}
