import type { FindingRecord, FindingStore } from '@dynamo/core';
import { insertRows, type RowShape } from './bulk.ts';
import { digestOf } from './digest.ts';
import type { SqlStoreBase } from './store-base.ts';

const shape: RowShape<'findings'> = {
  table: 'findings',
  columns: ['site', 'kind', 'digest', 'name', 'rounds', 'first_seen', 'last_seen'],
};

export function sqlFindingStore({ read, write, attempt }: SqlStoreBase): FindingStore {
  return {
    load: (site) =>
      attempt('read findings', async () => {
        const rows = await read.db.selectFrom('findings').selectAll().where('site', '=', site).execute();
        return rows.map(({ kind, name, rounds, first_seen, last_seen }) => {
          return { site, kind, name, rounds, firstSeen: first_seen, lastSeen: last_seen } as FindingRecord;
        });
      }),

    save: (site, findings) =>
      attempt('save findings', () =>
        write.db.transaction().execute(async (db) => {
          await db.deleteFrom('findings').where('site', '=', site).execute();
          const rows = findings.map(({ kind, name, rounds, firstSeen, lastSeen }) => {
            return [site, kind, digestOf(name), name, rounds, firstSeen, lastSeen];
          });
          await insertRows({ ...write, db }, shape, rows);
        }),
      ),
  };
}
