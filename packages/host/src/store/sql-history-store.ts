import type { CycleSummary, HistoryStore, Version } from '@dynamo/core';
import type { HistoryTable } from './database.ts';
import { unpack } from './packed-text.ts';
import type { SqlStoreBase } from './store-base.ts';

export function sqlHistoryStore({ read, attempt }: SqlStoreBase): HistoryStore {
  return {
    cycles: ({ planner, before, limit } = {}) =>
      attempt('list cycles', async () => {
        let query = read.db.selectFrom('history').selectAll();
        if (planner !== undefined) query = query.where('planner', '=', planner);
        if (before !== undefined) query = query.where('cycle', '<', before);
        if (limit !== undefined) query = query.limit(limit);
        return (await query.orderBy('cycle', 'desc').execute()).map(summaryOf);
      }),

    cycle: (cycle) =>
      attempt('read a cycle', async () => {
        const row = await read.db.selectFrom('history').selectAll().where('cycle', '=', cycle).executeTakeFirst();
        if (row === undefined) return null;
        const parts = read.db.selectFrom('history_parts').select('body').where('cycle', '=', cycle).orderBy('part');
        const bodies = (await parts.execute()).map(({ body }) => body);
        return { ...summaryOf(row), document: await unpack(bodies, 'deflate') };
      }),
  };
}

function summaryOf({ cycle, planner, title, time, plan_version, version }: HistoryTable): CycleSummary {
  return { cycle, planner, title, time, planVersion: plan_version as Version, version: version as Version };
}
