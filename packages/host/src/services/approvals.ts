/** Plans that delete so much that a second person has to agree: they wait, are approved or rejected, or expire. */
import { DynamoError, isDynamoError, type Plan, type PlanApproval, type WaitingPlan } from '@dynamo/core';
import type { Application, WritingOptions } from './application.ts';
import type { DetoxCommitted } from './detox-committed.ts';
import { type PackedDecisions, wholePlan } from './whole-plan.ts';
import { contentOf, planOf } from './written-plan.ts';

export type PlanState = 'waiting' | 'expired' | 'carried-out' | 'rejected';

export interface ShownPlan extends WaitingPlan {
  readonly state: PlanState;
}

/** With the plan as docs/formats.md has it; null: it is not kept any more. */
export interface WholePlan extends ShownPlan {
  readonly document: unknown;
}

export interface DecisionOptions extends WritingOptions {
  readonly comment?: string | undefined;
}

/** Carries a plan out, or keeps it for a second person where it would delete too much for one: the number it has then. */
export async function carryOutOrWait(
  application: Application,
  plan: Plan,
  { user, signal }: WritingOptions,
): Promise<DetoxCommitted> {
  const { scheduler, inventory } = application;
  const author = { application: plan.planner, user };
  return scheduler.run({ name: plan.planner, access: 'write', signal }, async (task) => {
    try {
      const { result, cycle, version } = await inventory.carryOut(plan, author, { signal: task.signal });
      return { cycle, version, title: plan.title, done: result.done.length, dropped: result.dropped, waiting: null };
    } catch (error) {
      if (!isDynamoError(error, 'refused') || error.data.rule !== 'approval') throw error;
      const { bytes, replicas } = error.data as { readonly bytes: number; readonly replicas: number };
      const waiting = await keep(application, plan, { user, bytes, replicas });
      return { cycle: null, version: inventory.version, title: plan.title, done: 0, dropped: [], waiting };
    }
  });
}

/** Newest first; all: those that were decided about too, or have expired. */
export async function listPlans(
  { store, clock }: Pick<Application, 'store' | 'clock'>,
  { all }: { readonly all: boolean },
): Promise<readonly ShownPlan[]> {
  const plans = await store.plans.list({ undecided: !all, limit: LISTED });
  const shown = plans.map((plan) => shownAt(plan, clock.nowSeconds()));
  return all ? shown : shown.filter(({ state }) => state === 'waiting');
}

export async function showPlan(
  application: Pick<Application, 'store' | 'clock' | 'inventory'>,
  id: number,
): Promise<WholePlan> {
  const { plan, content } = await read(application, id);
  const shown = shownAt(plan, application.clock.nowSeconds());
  return { ...shown, document: content === null ? null : wholeDocument(application, await planOf(content)) };
}

/**
 * Carries a waiting plan out: steps whose facts have changed since are dropped. Rejects with `refused` where the plan
 * has expired, or whoever approves may not: it made the plan, or is none of those that the configuration names.
 */
export function approvePlan(application: Application, id: number, options: DecisionOptions): Promise<DetoxCommitted> {
  const { scheduler, inventory, store, clock, configuration } = application;
  const { user, comment = null, signal } = options;
  // In the writer's place: of two that approve at once, the second finds it decided.
  return scheduler.run({ name: 'approval', access: 'write', signal }, async (task) => {
    const { plan: waiting, content } = await readWaiting(application, id);
    const { approvers } = configuration.guard.approval;
    if (user === waiting.madeBy) {
      throw new DynamoError('refused', `plan ${id} was made by ${user}: another person has to approve of it`);
    }
    if (approvers.length > 0 && !approvers.includes(user)) {
      throw new DynamoError('refused', `${user} is none of those who may approve: ${approvers.join(', ')}`);
    }
    const { madeBy, madeAt } = waiting;
    const approval: PlanApproval = { plan: id, madeBy, madeAt, approvedBy: user, comment };
    const author = { application: waiting.planner, user };
    const carried = await inventory.carryOut(await planOf(content), author, { approval, signal: task.signal });
    // A crash before this leaves it waiting: approved once more, none of its steps fits any more.
    const { result, cycle, version } = carried;
    await store.plans.decide(id, { outcome: 'carried-out', by: user, time: clock.nowSeconds(), comment, cycle });
    const { title } = waiting;
    return { cycle, version, title, done: result.done.length, dropped: result.dropped, waiting: null };
  });
}

/** Whoever made it may reject it too. */
export function rejectPlan(application: Application, id: number, options: DecisionOptions): Promise<ShownPlan> {
  const { scheduler, store, clock } = application;
  const { user, comment = null, signal } = options;
  return scheduler.run({ name: 'approval', access: 'write', signal }, async () => {
    await readWaiting(application, id);
    const time = clock.nowSeconds();
    await store.plans.decide(id, { outcome: 'rejected', by: user, time, comment, cycle: null });
    const { plan } = await read(application, id);
    return shownAt(plan, time);
  });
}

const LISTED = 1000;

/** While one of the title waits, that one is decided about: a plan every hour would never hold still to be read. */
async function keep(
  { store, clock, configuration }: Application,
  plan: Plan,
  { user, bytes, replicas }: { readonly user: string; readonly bytes: number; readonly replicas: number },
): Promise<WaitingPlan> {
  const now = clock.nowSeconds();
  const { planner, title, version: planVersion } = plan;
  const undecided = await store.plans.list({ undecided: true, limit: LISTED });
  const earlier = undecided.find((each) => each.title === title && shownAt(each, now).state === 'waiting');
  if (earlier !== undefined) return earlier;
  const expiresAt = now + configuration.guard.approval.expireSeconds;
  const kept = { planner, title, planVersion, madeBy: user, madeAt: now, expiresAt, bytes, replicas };
  return { ...kept, id: await store.plans.add(kept, await contentOf(plan)), decision: null };
}

function wholeDocument({ inventory }: Pick<Application, 'inventory'>, { document, contents }: Plan): unknown {
  const plan = JSON.parse(document) as object;
  if (contents?.decisions === undefined) return plan;
  using view = inventory.view({ name: 'plan' });
  return wholePlan(plan, contents as PackedDecisions, view);
}

function shownAt(plan: WaitingPlan, now: number): ShownPlan {
  if (plan.decision !== null) return { ...plan, state: plan.decision.outcome };
  return { ...plan, state: plan.expiresAt <= now ? 'expired' : 'waiting' };
}

async function read(
  { store }: Pick<Application, 'store'>,
  id: number,
): Promise<{ readonly plan: WaitingPlan; readonly content: string | null }> {
  const found = await store.plans.read(id);
  if (found === null) throw new DynamoError('not-found', `there is no waiting plan ${id}`);
  return found;
}

async function readWaiting(
  application: Pick<Application, 'store' | 'clock'>,
  id: number,
): Promise<{ readonly plan: WaitingPlan; readonly content: string }> {
  const { plan, content } = await read(application, id);
  const { state, decision } = shownAt(plan, application.clock.nowSeconds());
  if (decision !== null) throw new DynamoError('conflict', `plan ${id} is ${state} already, by ${decision.by}`);
  if (state === 'expired' || content === null) {
    throw new DynamoError('refused', `plan ${id} has expired: make it anew`);
  }
  return { plan, content };
}
