import type { Version } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { makeStoreDirectory } from '../fixtures/store-directory.ts';

const CLAIM = { owner: 'someone', limit: 10, now: 100, leaseSeconds: 3600 };

describe('a store that is opened to be written', () => {
  it('gives back what a former writer had claimed, at once, and takes no late end of it', async () => {
    await using directory = await makeStoreDirectory();
    const former = await directory.open();
    await former.inventory.commit({
      id: 'commit',
      base: 0 as Version,
      authorship: { application: 'test', user: 'me', time: 1 },
      changes: { changes: [] },
      counters: { nextFile: 1, nextOperation: 2, nextLock: 1, nextRequest: 1 },
      operations: [
        {
          kind: 'open',
          operation: {
            id: 1 as never,
            target: { kind: 'delete-path', site: 'T2_A' as never, path: 'stray' },
            openedAt: 1,
            reason: { source: 'test', text: 'why not' },
          },
        },
      ],
      requests: [],
      history: null,
    });
    const [claim] = await former.operations.claim(CLAIM);
    expect(await former.operations.claim(CLAIM)).toEqual([]);
    await former.close();

    await using store = await directory.open();
    expect(await store.operations.list()).toMatchObject([{ id: 1, state: 'queued', attempts: 0 }]);
    const [again] = await store.operations.claim(CLAIM);
    expect(again?.operation.id).toBe(1);
    expect(again?.token).not.toBe(claim?.token);
    const late = { token: claim?.token ?? '', operation: 1 as never, to: { state: 'held', error: 'late' } } as const;
    await store.operations.settle([], [late]);
    expect(await store.operations.list()).toMatchObject([{ state: 'claimed' }]);
  });
});
