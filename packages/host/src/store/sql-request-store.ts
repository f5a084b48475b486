import type { RequestStore } from '@dynamo/core';
import { requestOf } from './put-requests.ts';
import type { SqlStoreBase } from './store-base.ts';

export function sqlRequestStore({ read, attempt }: SqlStoreBase): RequestStore {
  return {
    list: ({ state, kind, user, after, limit } = {}) =>
      attempt('list requests', async () => {
        let query = read.db.selectFrom('requests').selectAll();
        if (state !== undefined) query = query.where('state', '=', state);
        if (kind !== undefined) query = query.where('kind', '=', kind);
        if (user !== undefined) query = query.where('user_name', '=', user);
        if (after !== undefined) query = query.where('id', '>', after);
        if (limit !== undefined) query = query.limit(limit);
        return (await query.orderBy('id').execute()).map(requestOf);
      }),

    get: (id) =>
      attempt('read a request', async () => {
        const row = await read.db.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
        return row === undefined ? null : requestOf(row);
      }),
  };
}
