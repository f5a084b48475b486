/** What every operation store must do: claims by compare-and-set, attempts, and the way back to the queue. */
import assert from 'node:assert/strict';
import { isDynamoError } from '../errors/dynamo-error.ts';
import type { BlockName, DatasetName, SiteName } from '../model/names.ts';
import type { OperationChange, OperationId, OperationRecord, OperationTarget } from '../model/operation.ts';
import type { Claim, OperationStatus } from '../seams/operation-store.ts';
import type { Store } from '../seams/store.ts';
import { commitOn, SAMPLE_AUTHORSHIP } from './commits.ts';
import { type ContractCheck, storeCheck } from './contract-check.ts';

type StoreUnderTest = Pick<Store, 'inventory' | 'operations' | 'close'>;

const NOW = SAMPLE_AUTHORSHIP.time;
const REPLICA = { dataset: '/a/b/C' as DatasetName, block: 'one' as BlockName, site: 'here' as SiteName };

/** `make` gives an empty store that may write, anew for each check. */
export function operationStoreContract(make: () => Promise<StoreUnderTest>): readonly ContractCheck[] {
  const check = (name: string, body: (store: StoreUnderTest) => Promise<void>): ContractCheck =>
    storeCheck(make, name, body);

  return [
    check('lists what was opened, in order and by filter', async (store) => {
      await open(store, 0, [copy(1), path(2), deletion(3, '/a/b/D', 'there')]);
      const all = await store.operations.list();
      assert.deepEqual(all, [copy(1), path(2), deletion(3, '/a/b/D', 'there')].map(queued));
      assert.deepEqual(await ids(store, { site: 'here' }), [1, 2]);
      assert.deepEqual(await ids(store, { dataset: '/a/b/D' }), [3]);
      assert.deepEqual(await ids(store, { after: 1 as OperationId, limit: 1 }), [2]);
      assert.deepEqual(await ids(store, { state: 'held' }), []);
    }),

    check('counts those that are open by state, and no others', async (store) => {
      assert.deepEqual(await store.operations.counts(), { queued: 0, claimed: 0, held: 0 });
      await open(store, 0, [copy(1), path(2), deletion(3, '/a/b/D', 'there'), copy(4, '/d/4')]);
      const [first, second] = await claim(store, { limit: 2 });
      assert.ok(first !== undefined && second !== undefined);
      await settle(store, first, { state: 'held', error: 'no route' });
      assert.deepEqual(await store.operations.counts(), { queued: 2, claimed: 1, held: 1 });
      const close = { kind: 'close', id: second.operation.id, outcome: 'done', detail: '' } as const;
      await store.inventory.commit(commitOn(1, { operations: [close] }));
      assert.deepEqual(await store.operations.counts(), { queued: 2, claimed: 0, held: 1 });
    }),

    check('lets one owner have an operation at a time, the oldest first', async (store) => {
      await open(store, 0, [copy(1), path(2), deletion(3, '/a/b/D', 'there')]);
      const first = await claim(store, { owner: 'a', limit: 2 });
      const second = await claim(store, { owner: 'b', limit: 9 });
      assert.deepEqual([claimed(first), claimed(second)], [[1, 2], [3]]);
      assert.deepEqual(await claim(store, { owner: 'c' }), []);
      assert.equal(first[0]?.deadline, NOW + 60);
      assert.equal(first[0]?.operation.state, 'claimed');
      assert.equal(new Set([...first, ...second].map(({ token }) => token)).size, 3);
      assert.deepEqual(await ids(store, { state: 'claimed' }), [1, 2, 3]);
    }),

    check('never gives one operation to two who ask at once', async (store) => {
      await open(
        store,
        0,
        Array.from({ length: 40 }, (_, i) => copy(i + 1, `/d/${i}`)),
      );
      const rounds = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => claim(store, { owner, limit: 15 })));
      const given = rounds.flatMap(claimed);
      assert.equal(new Set(given).size, given.length);
      const rest = await claim(store, { owner: 'e', limit: 100 });
      assert.equal(given.length + rest.length, 40);
    }),

    check('claims only the kinds that are asked for', async (store) => {
      await open(store, 0, [copy(1), path(2), deletion(3, '/a/b/D', 'there')]);
      assert.deepEqual(claimed(await claim(store, { kinds: ['delete', 'delete-path'], limit: 9 })), [2, 3]);
    }),

    check('gives an expired claim to the next, and ignores what its former holder says', async (store) => {
      await open(store, 0, [copy(1)]);
      const [late] = await claim(store, { owner: 'a' });
      assert.deepEqual(await claim(store, { owner: 'b', now: NOW + 59 }), []);
      const [taken] = await claim(store, { owner: 'b', now: NOW + 60 });
      assert.ok(late && taken);
      assert.notEqual(taken.token, late.token);
      assert.deepEqual(await store.operations.renew([late.token], NOW + 61, 60), []);
      await settle(store, late, { state: 'held', error: 'no' });
      assert.deepEqual(await ids(store, { state: 'claimed' }), [1]);
      const renewed = await store.operations.renew([taken.token, late.token], NOW + 100, 60);
      assert.deepEqual(
        renewed.map(({ token, deadline }) => ({ token, deadline })),
        [{ token: taken.token, deadline: NOW + 160 }],
      );
      assert.deepEqual(await claim(store, { owner: 'c', now: NOW + 159 }), []);
    }),

    check('gives a claim back, not to be claimed before its time', async (store) => {
      await open(store, 0, [copy(1)]);
      const [mine] = await claim(store);
      assert.ok(mine);
      await settle(store, mine, { state: 'queued', notBefore: NOW + 500, error: 'no route' });
      assert.deepEqual(await store.operations.list(), [
        { ...queued(copy(1)), attempts: 1, notBefore: NOW + 500, lastError: 'no route' },
      ]);
      assert.deepEqual(await claim(store, { now: NOW + 499 }), []);
      const [again] = await claim(store, { now: NOW + 500 });
      assert.ok(again);
      await settle(store, again, { state: 'queued', notBefore: 0, error: '' });
      assert.deepEqual(await store.operations.list(), [
        { ...queued(copy(1)), attempts: 1, notBefore: 0, lastError: 'no route' },
      ]);
    }),

    check('holds an operation until it is released', async (store) => {
      await open(store, 0, [copy(1), path(2)]);
      const [mine] = await claim(store, { limit: 1 });
      assert.ok(mine);
      await settle(store, mine, { state: 'held', error: 'wrong checksum' });
      assert.deepEqual(claimed(await claim(store, { now: NOW + 10_000, limit: 9 })), [2]);
      assert.deepEqual(await ids(store, { state: 'held' }), [1]);
      assert.equal(await store.operations.release([1, 2, 77] as OperationId[]), 1);
      assert.deepEqual(claimed(await claim(store, { now: NOW })), [1]);
    }),

    check('shows every attempt, the oldest first', async (store) => {
      await open(store, 0, [copy(1), path(2)]);
      const attempt = (operation: number, time: number, ok: boolean) => ({
        operation: operation as OperationId,
        subject: `/store/${time}`,
        time,
        ok,
        detail: ok ? '' : 'timed out',
      });
      await store.operations.settle([attempt(1, NOW, false), attempt(2, NOW, true)], []);
      await store.operations.settle([attempt(1, NOW + 5, true)], []);
      assert.deepEqual(await store.operations.attempts(1 as OperationId), [
        attempt(1, NOW, false),
        attempt(1, NOW + 5, true),
      ]);
      assert.deepEqual(await store.operations.attempts(3 as OperationId), []);
    }),

    check('forgets what a commit closes, by number or by replica, claimed or not', async (store) => {
      await open(store, 0, [copy(1), path(2)]);
      const claims = await claim(store, { limit: 9 });
      await commitOperations(store, 1, [
        { kind: 'close-replica', ...REPLICA, outcome: 'done', detail: '' },
        { kind: 'close', id: 2 as OperationId, outcome: 'failed', detail: 'no such site' },
      ]);
      assert.deepEqual(await store.operations.list(), []);
      assert.deepEqual(
        await store.operations.renew(
          claims.map(({ token }) => token),
          NOW,
          60,
        ),
        [],
      );
      for (const mine of claims) await settle(store, mine, { state: 'queued', notBefore: 0, error: 'x' });
      assert.equal(await store.operations.release([1, 2] as OperationId[]), 0);
      assert.deepEqual(await store.operations.list(), []);
    }),

    check('keeps what was done to a dataset, newest first, with how it ended', async (store) => {
      await open(store, 0, [copy(1), path(2), deletion(3, '/a/b/D', 'there')]);
      await commitOperations(store, 1, [
        { kind: 'close-replica', ...REPLICA, outcome: 'cancelled', detail: 'not wanted' },
        opening(deletion(4, REPLICA.dataset, REPLICA.site)),
      ]);
      const end = { outcome: 'cancelled', detail: 'not wanted', version: 2 };
      const past = await store.operations.past({ dataset: REPLICA.dataset });
      assert.deepEqual(past, [
        { ...deletion(4, REPLICA.dataset, REPLICA.site), end: null },
        { ...copy(1), end },
      ]);
      const found = async (filter: { block?: string; site?: string; limit?: number }): Promise<number[]> =>
        (await store.operations.past({ dataset: REPLICA.dataset, ...filter })).map(({ id }) => id);
      assert.deepEqual(await found({ limit: 1 }), [4]);
      assert.deepEqual(await found({ block: REPLICA.block, site: REPLICA.site }), [4, 1]);
      assert.deepEqual(await found({ block: 'none' }), []);
      assert.deepEqual(await found({ site: 'there' }), []);
    }),

    check('refuses to close what is not open and to open what is there, with nothing written', async (store) => {
      await open(store, 0, [copy(1)]);
      const refused: readonly (readonly OperationChange[])[] = [
        [opening(path(2)), { kind: 'close', id: 9 as OperationId, outcome: 'done', detail: '' }],
        [opening(path(2)), { kind: 'close-replica', ...REPLICA, site: 'x' as SiteName, outcome: 'done', detail: '' }],
        [opening(path(2)), opening(copy(1))],
      ];
      for (const [index, changes] of refused.entries()) {
        const commit = commitOn(1, { id: `refused ${index}`, operations: changes });
        await assert.rejects(store.inventory.commit(commit), (error) => isDynamoError(error, 'conflict'));
      }
      assert.deepEqual(await ids(store), [1]);
    }),

    check('starts the opposite operation only when the claim of the cancelled one has run out', async (store) => {
      await open(store, 0, [deletion(1)]);
      await claim(store);
      await commitOperations(store, 1, [
        { kind: 'close-replica', ...REPLICA, outcome: 'cancelled', detail: 'wanted again' },
        opening(copy(2)),
        opening(copy(3, '/another')),
      ]);
      assert.deepEqual(claimed(await claim(store, { now: NOW + 59, limit: 9 })), [3]);
      assert.deepEqual(claimed(await claim(store, { now: NOW + 60, limit: 1 })), [2]);
    }),

    check('starts at once what follows an operation that was done or never claimed', async (store) => {
      await open(store, 0, [deletion(1), deletion(2, '/b')]);
      await claim(store, { limit: 1 });
      await commitOperations(store, 1, [
        { kind: 'close', id: 1 as OperationId, outcome: 'done', detail: '' },
        { kind: 'close', id: 2 as OperationId, outcome: 'cancelled', detail: '' },
        opening(copy(3)),
        opening(copy(4, '/b')),
      ]);
      assert.deepEqual(claimed(await claim(store, { limit: 9 })), [3, 4]);
    }),
  ];
}

function operation(id: number, target: OperationTarget): OperationRecord {
  const reason = id === 1 ? { source: 'detox', text: 'line 14', reference: 'cycle 3' } : { source: 'x', text: 'y' };
  return { id: id as OperationId, target, openedAt: NOW, reason };
}

function copy(id: number, dataset: string = REPLICA.dataset): OperationRecord {
  return operation(id, { kind: 'copy', ...REPLICA, dataset: dataset as DatasetName });
}

function deletion(id: number, dataset: string = REPLICA.dataset, site: string = REPLICA.site): OperationRecord {
  return operation(id, { kind: 'delete', ...REPLICA, dataset: dataset as DatasetName, site: site as SiteName });
}

function path(id: number): OperationRecord {
  return operation(id, { kind: 'delete-path', site: REPLICA.site, path: 'store/orphan ä.root' });
}

function opening(record: OperationRecord): OperationChange {
  return { kind: 'open', operation: record };
}

function queued(record: OperationRecord): OperationStatus {
  return { ...record, state: 'queued', attempts: 0, notBefore: 0, lastError: '' };
}

async function open(store: StoreUnderTest, base: number, records: readonly OperationRecord[]): Promise<void> {
  await commitOperations(store, base, records.map(opening));
}

async function commitOperations(
  store: StoreUnderTest,
  base: number,
  operations: readonly OperationChange[],
): Promise<void> {
  await store.inventory.commit(commitOn(base, { operations }));
}

type ClaimOptions = Parameters<StoreUnderTest['operations']['claim']>[0];

function claim(store: StoreUnderTest, options: Partial<ClaimOptions> = {}): Promise<readonly Claim[]> {
  return store.operations.claim({ owner: 'me', limit: 1, now: NOW, leaseSeconds: 60, ...options });
}

function claimed(claims: readonly Claim[]): readonly number[] {
  return claims.map(({ operation: { id } }) => id);
}

async function settle(
  store: StoreUnderTest,
  { token, operation: { id } }: Claim,
  to: Parameters<StoreUnderTest['operations']['settle']>[1][number]['to'],
): Promise<void> {
  await store.operations.settle([], [{ token, operation: id, to }]);
}

async function ids(
  store: StoreUnderTest,
  filter: Parameters<StoreUnderTest['operations']['list']>[0] = {},
): Promise<readonly number[]> {
  return (await store.operations.list(filter)).map(({ id }) => id);
}
