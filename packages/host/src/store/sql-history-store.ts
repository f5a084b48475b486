import type { CycleDeed, CycleFilter, CycleSummary, HistoryStore, Version } from '@dynamo/core';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Database, HistoryTable } from './database.ts';
import { unpack } from './packed-text.ts';
import { readContent } from './put-history.ts';
import type { SqlStoreBase } from './store-base.ts';

export function sqlHistoryStore({ read, attempt }: SqlStoreBase): HistoryStore {
  return {
    cycles: ({ test = false, limit, ...filter } = {}) =>
      attempt('list cycles', async () => {
        let query = read.db
          .selectFrom('history')
          .selectAll('history')
          .where('history.is_test', '=', test ? 1 : 0)
          .where(isWithin(filter));
        if (limit !== undefined) query = query.limit(limit);
        return (await query.orderBy('history.cycle', 'desc').execute()).map(summaryOf);
      }),

    cycle: (cycle) =>
      attempt('read a cycle', async () => {
        const { db } = read;
        const row = await db.selectFrom('history').selectAll().where('cycle', '=', cycle).executeTakeFirst();
        if (row === undefined) return null;
        const parts = db.selectFrom('history_parts').select('body').where('cycle', '=', cycle).orderBy('part');
        const bodies = (await parts.execute()).map(({ body }) => body);
        const named = db.selectFrom('cycle_contents').select(['name', 'digest']).where('cycle', '=', cycle);
        const contents = (await named.orderBy('name').execute()).map(({ name, digest }) => [name, digest]);
        return {
          ...summaryOf(row),
          document: await unpack(bodies, 'deflate'),
          contents: Object.fromEntries(contents) as Readonly<Record<string, string>>,
        };
      }),

    content: (digest) => attempt('read a content of the history', () => readContent(read, digest)),

    deeds: ({ dataset, site, kind, reference, limit, ...filter } = {}) =>
      attempt('list what cycles did', async () => {
        let query = read.db
          .selectFrom('cycle_deeds as deed')
          .innerJoin('history', 'history.cycle', 'deed.cycle')
          .select(['deed.cycle', 'deed.kind', 'deed.dataset', 'deed.site', 'deed.blocks', 'deed.bytes'])
          .select(['deed.reference', 'history.planner', 'history.title', 'history.time'])
          .where(isWithin(filter));
        if (filter.since !== undefined || filter.until !== undefined) {
          // The deeds of a time stand together, by the numbers of their cycles.
          const { first, last } = await read.db
            .selectFrom('history')
            .select(({ fn }) => [fn.min('cycle').as('first'), fn.max('cycle').as('last')])
            .where(isWithin(filter))
            .executeTakeFirstOrThrow();
          if (first === null || last === null) return [];
          query = query.where('deed.cycle', '>=', Number(first)).where('deed.cycle', '<=', Number(last));
        }
        if (dataset !== undefined) query = query.where('deed.dataset', '=', dataset);
        if (site !== undefined) query = query.where('deed.site', '=', site);
        if (kind !== undefined) query = query.where('deed.kind', '=', kind);
        if (reference !== undefined) query = query.where('deed.reference', '=', reference);
        if (limit !== undefined) query = query.limit(limit);
        const rows = await query.orderBy('deed.cycle', 'desc').orderBy('deed.number').execute();
        return rows.map((row) => ({ ...row, kind: row.kind as CycleDeed['kind'] }));
      }),
  };
}

function isWithin({
  planner,
  since,
  until,
  before,
}: CycleFilter): (builder: ExpressionBuilder<Database, 'history'>) => Expression<SqlBool> {
  return (builder) =>
    builder.and([
      ...(planner === undefined ? [] : [builder('history.planner', '=', planner)]),
      ...(since === undefined ? [] : [builder('history.time', '>=', since)]),
      ...(until === undefined ? [] : [builder('history.time', '<', until)]),
      ...(before === undefined ? [] : [builder('history.cycle', '<', before)]),
    ]);
}

function summaryOf({ cycle, planner, title, time, plan_version, version, is_test }: HistoryTable): CycleSummary {
  return {
    ...{ cycle, planner, title, time, isTest: is_test !== 0 },
    ...{ planVersion: plan_version as Version, version: version as Version },
  };
}
