import type { Version } from './commit.ts';

/** A plan that deletes so much that a second person has to approve of it first. */
export interface WaitingPlan {
  readonly id: number;
  readonly planner: string;
  readonly title: string;
  readonly planVersion: Version;
  readonly madeBy: string;
  /** Seconds since 1970, as all times here. */
  readonly madeAt: number;
  /** Not carried out from then on. */
  readonly expiresAt: number;
  /** What it would have deleted when it was made: bytes and block replicas. */
  readonly bytes: number;
  readonly replicas: number;
  /** Null: it waits, or has expired. */
  readonly decision: PlanDecision | null;
}

export interface PlanDecision {
  readonly outcome: 'carried-out' | 'rejected';
  readonly by: string;
  readonly time: number;
  readonly comment: string | null;
  /** The cycle that carried it out. */
  readonly cycle: number | null;
}

export interface WaitingPlanFilter {
  /** Only those that nobody has decided about, expired ones too. */
  readonly undecided?: boolean;
  readonly limit?: number;
}

/** Plans that wait for a second person's approval, and what became of those that did. */
export interface PlanStore {
  /** Resolves to its number. `content` is kept until the plan is decided about, or has expired. */
  add(plan: Omit<WaitingPlan, 'id' | 'decision'>, content: string): Promise<number>;
  /** Newest first. */
  list(filter?: WaitingPlanFilter): Promise<readonly WaitingPlan[]>;
  /** Null: there never was one of that number. */
  read(id: number): Promise<{ readonly plan: WaitingPlan; readonly content: string | null } | null>;
  /** False where it was decided before. */
  decide(id: number, decision: PlanDecision): Promise<boolean>;
}
