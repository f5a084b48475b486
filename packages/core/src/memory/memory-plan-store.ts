import type { PlanStore } from '../seams/plan-store.ts';
import type { MemoryState } from './memory-state.ts';

export function memoryPlanStore({ plans }: MemoryState): PlanStore {
  return {
    async add(plan, content) {
      for (const each of plans) if (each.plan.expiresAt <= plan.madeAt) each.content = null;
      plans.push({ plan: { ...plan, id: plans.length + 1, decision: null }, content });
      return plans.length;
    },
    async list({ undecided = false, limit } = {}) {
      return plans
        .map(({ plan }) => plan)
        .filter(({ decision }) => !undecided || decision === null)
        .reverse()
        .slice(0, limit);
    },
    read: async (id) => plans[id - 1] ?? null,
    async decide(id, decision) {
      const found = plans[id - 1];
      if (found === undefined || found.plan.decision !== null) return false;
      plans[id - 1] = { plan: { ...found.plan, decision }, content: null };
      return true;
    },
  };
}
