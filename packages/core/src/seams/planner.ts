import type { InventoryView } from '../inventory/view.ts';
import type { Plan } from './plan.ts';

/** What a planner may use besides the view and its own configuration. The same inputs give the same plan. */
export interface PlannerInputs {
  /** Seconds since 1970, fixed for the whole run. */
  readonly now: number;
  readonly seed: number;
}

/** Pure: no I/O, nothing changed. */
export interface Planner {
  readonly name: string;
  plan(view: InventoryView, inputs: PlannerInputs): Plan;
}
