import type { InventoryView } from '@dynamo/core';
import { type PlanningApplication, readInventory, type ServiceOptions } from '../application.ts';

/** A planner as a module: `run` of the module does the same as `plan`, in a thread. */
export interface PlannerModule<Task, Answer> {
  readonly name: string;
  /** Its address. */
  readonly module: string;
  /** Pure. What goes in and out can be cloned. */
  plan(view: InventoryView, task: Task): Answer | Promise<Answer>;
}

/** Runs a planner on the current version, beside the event loop where the application has threads for it. */
export function runPlanner<Task, Answer>(
  application: PlanningApplication,
  { name, module, plan }: PlannerModule<Task, Answer>,
  task: Task,
  options: ServiceOptions,
): Promise<Answer> {
  const { threads, scheduler } = application;
  if (threads === undefined) return readInventory(application, name, options, (view) => plan(view, task));
  return scheduler.run({ name, access: 'read', signal: options.signal }, async ({ signal }) => {
    const answer = await threads.run({ name, module, arguments: task, signal });
    return answer as Answer;
  });
}

/** The same on a view of an earlier version (`Inventory.viewAt`), which is closed then. */
export async function runPlannerOn<Task, Answer>(
  { threads }: Pick<PlanningApplication, 'threads'>,
  { name, module, plan }: PlannerModule<Task, Answer>,
  task: Task,
  { view, signal }: { readonly view: InventoryView; readonly signal: AbortSignal | undefined },
): Promise<Answer> {
  using earlier = view;
  if (threads === undefined) return await plan(earlier, task);
  const request = { name, module, arguments: task, ...(signal === undefined ? {} : { signal }) };
  return (await threads.run(request, earlier)) as Answer;
}
