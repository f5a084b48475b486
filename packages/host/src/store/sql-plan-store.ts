import type { PlanDecision, PlanStore, Version, WaitingPlan } from '@dynamo/core';
import { insertRows, type RowShape } from './bulk.ts';
import { writeParts } from './change-log.ts';
import type { WaitingPlanTable } from './database.ts';
import { pack, unpack } from './packed-text.ts';
import type { SqlStoreBase } from './store-base.ts';

const ALWAYS_PACKED = -1;
const plans: RowShape<'waiting_plans'> = {
  table: 'waiting_plans',
  columns: ['id', 'planner', 'title', 'plan_version', 'made_by', 'made_at', 'expires_at', 'bytes', 'replicas'],
};

export function sqlPlanStore({ read, write, attempt }: SqlStoreBase): PlanStore {
  return {
    add: (plan, content) =>
      attempt('keep a plan', async () => {
        const { body } = await pack(content, ALWAYS_PACKED);
        return write.db.transaction().execute(async (db) => {
          const session = { ...write, db };
          const expired = db.selectFrom('waiting_plans').select('id').where('expires_at', '<=', plan.madeAt);
          await db.deleteFrom('plan_parts').where('plan', 'in', expired).execute();
          const last = await db
            .selectFrom('waiting_plans')
            .select('id')
            .orderBy('id', 'desc')
            .limit(1)
            .executeTakeFirst();
          const id = (last?.id ?? 0) + 1;
          const { planner, title, planVersion, madeBy, madeAt, expiresAt, bytes, replicas } = plan;
          await insertRows(session, plans, [
            [id, planner, title, planVersion, madeBy, madeAt, expiresAt, bytes, replicas],
          ]);
          await writeParts(session, 'plan_parts', id, body);
          return id;
        });
      }),

    list: ({ undecided = false, limit } = {}) =>
      attempt('list plans', async () => {
        let query = read.db.selectFrom('waiting_plans').selectAll();
        if (undecided) query = query.where('outcome', 'is', null);
        if (limit !== undefined) query = query.limit(limit);
        return (await query.orderBy('id', 'desc').execute()).map(planOf);
      }),

    read: (id) =>
      attempt('read a plan', async () => {
        const row = await read.db.selectFrom('waiting_plans').selectAll().where('id', '=', id).executeTakeFirst();
        if (row === undefined) return null;
        const parts = await read.db
          .selectFrom('plan_parts')
          .select('body')
          .where('plan', '=', id)
          .orderBy('part')
          .execute();
        const bodies = parts.map(({ body }) => body);
        return { plan: planOf(row), content: bodies.length === 0 ? null : await unpack(bodies, 'deflate') };
      }),

    decide: (id, { outcome, by, time, comment, cycle }) =>
      attempt('decide about a plan', () =>
        write.db.transaction().execute(async (db) => {
          const { numUpdatedRows } = await db
            .updateTable('waiting_plans')
            .set({ outcome, decided_by: by, decided_at: time, comment, cycle })
            .where('id', '=', id)
            .where('outcome', 'is', null)
            .executeTakeFirst();
          if (numUpdatedRows === 0n) return false;
          await db.deleteFrom('plan_parts').where('plan', '=', id).execute();
          return true;
        }),
      ),
  };
}

function planOf({
  plan_version,
  made_by,
  made_at,
  expires_at,
  outcome,
  decided_by,
  decided_at,
  comment,
  cycle,
  ...rest
}: WaitingPlanTable): WaitingPlan {
  return {
    ...rest,
    planVersion: plan_version as Version,
    ...{ madeBy: made_by, madeAt: made_at, expiresAt: expires_at },
    decision:
      outcome === null || outcome === undefined
        ? null
        : {
            outcome: outcome as PlanDecision['outcome'],
            ...{ by: decided_by ?? '', time: decided_at ?? 0, comment: comment ?? null, cycle: cycle ?? null },
          },
  };
}
