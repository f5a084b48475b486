import type { AccessStore } from '@dynamo/core';
import { type RowShape, streamPages, upsertRows } from './bulk.ts';
import type { SqlStoreBase } from './store-base.ts';

const shape: RowShape<'accesses'> = {
  table: 'accesses',
  columns: ['day', 'dataset', 'site', 'accesses', 'requests'],
};
const PAGE_ROWS = 10_000;

export function sqlAccessStore({ read, write, attempt, explain }: SqlStoreBase): AccessStore {
  return {
    put: (records) =>
      attempt('record accesses', () =>
        write.db.transaction().execute(async (db) => {
          const rows = records.map(({ day, dataset, site, accesses, requests }) => [
            day,
            dataset,
            site,
            accesses,
            requests,
          ]);
          await upsertRows({ ...write, db }, shape, ['day', 'dataset', 'site'], rows);
        }),
      ),

    async *read({ fromDay, signal }) {
      try {
        const query = read.db.selectFrom('accesses').selectAll().where('day', '>=', fromDay);
        for await (const page of streamPages(read.db, query, PAGE_ROWS)) {
          signal?.throwIfAborted();
          yield page.map(({ dataset, site, day, accesses, requests }) => ({ dataset, site, day, accesses, requests }));
        }
      } catch (error) {
        throw explain('read accesses', error);
      }
    },

    // A day at a time: no long transaction stands in the way of others.
    async purge(before) {
      let purged = 0;
      for (;;) {
        const went = await attempt('purge accesses', async () => {
          const { oldest } = await read.db
            .selectFrom('accesses')
            .select(({ fn }) => fn.min('day').as('oldest'))
            .executeTakeFirstOrThrow();
          if (oldest === null || oldest >= before) return null;
          const { numDeletedRows } = await write.db
            .deleteFrom('accesses')
            .where('day', '=', oldest)
            .executeTakeFirstOrThrow();
          return Number(numDeletedRows);
        });
        if (went === null) return purged;
        purged += went;
      }
    },
  };
}
