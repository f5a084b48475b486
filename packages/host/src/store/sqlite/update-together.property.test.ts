/** Many writers in one transaction come to what they come to one after the other. */
import {
  type BlockName,
  type DatasetName,
  type GroupName,
  Inventory,
  type InventoryDraft,
  isDynamoError,
  joinKey,
  type Lfn,
  type SiteName,
  SmallWriters,
  type Store,
  type Updated,
  type Version,
  type Writer,
} from '@dynamo/core';
import { sortedRecords } from '@dynamo/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeStoreDirectory } from '../fixtures/store-directory.ts';
import { recordsOf } from '../fixtures/verify-store.ts';

const KEY = { dataset: '/A/B/AOD' as DatasetName, block: 'b' as BlockName, site: 'T1_A' as SiteName };
const reason = { source: 'operator', text: 'a test' } as const;

type Write = (draft: InventoryDraft) => unknown;

/** What small writers do: well, in vain, not at all, and so that only the store can refuse it. */
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.constantFrom('one', 'two', 'three').map((name) => (draft: InventoryDraft) => {
    draft.put('group', { name: name as GroupName, level: 'block' });
    return name;
  }),
  fc.constant((draft: InventoryDraft) => {
    const id = draft.nextLockId();
    const rest = { site: null, group: null, block: null, expires: null, owner: 'me', comment: null };
    draft.put('lock', { id, dataset: '/A/*', ...rest });
    return id;
  }),
  // Files are not in memory: that one of this name is there already is known to the store alone.
  fc.constantFrom('/1', '/2', '/3').map((lfn) => (draft: InventoryDraft) => {
    const { dataset, block } = KEY;
    draft.addFile({ dataset, block, lfn: lfn as Lfn, size: 10, checksums: {}, presentAt: [KEY.site] });
    return lfn;
  }),
  fc.constantFrom('one', 'two').map((name) => (draft: InventoryDraft) => {
    // Depends on what came before.
    if (draft.record('group', name) !== null) throw new Error(`${name} is there`);
    draft.put('group', { name: name as GroupName, level: 'dataset' });
    return name;
  }),
  fc.constant(() => 'nothing'),
  fc.constant((draft: InventoryDraft) => {
    draft.delete('blockReplica', joinKey(KEY.dataset, KEY.block, KEY.site), reason);
    return 'deleted';
  }),
);

async function begin(store: Store): Promise<Inventory> {
  const inventory = await Inventory.open(store.inventory);
  await inventory.update({ application: 'set-up', user: 'me' }, (draft) => {
    for (const name of ['T1_A', 'T1_B'] as SiteName[]) {
      const rest = { host: null, storage: 'disk', status: 'ready', backend: null, verified: true, pfn: {}, lfn: {} };
      draft.put('site', { name, ...rest } as never);
    }
    const { dataset, block } = KEY;
    const own = { dataType: null, softwareVersion: null, attributes: {} };
    draft.put('dataset', { name: dataset, status: 'valid', lastUpdate: 1, isOpen: true, ...own });
    draft.put('block', { dataset, name: block, size: 0, files: 0, isOpen: true, lastUpdate: 1 });
    for (const site of ['T1_A', 'T1_B'] as SiteName[]) {
      const rest = { group: null, custodial: false, lastUpdate: 1, operation: 'none', partial: null } as const;
      draft.put('datasetReplica', { dataset, site, group: null, growing: false });
      draft.put('blockReplica', { dataset, block, site, ...rest });
    }
  });
  return inventory;
}

/** What a writer was told; the transaction that it came in does not show. */
function told(result: PromiseSettledResult<Updated<unknown>>): unknown {
  if (result.status === 'fulfilled') return [result.value.result, result.value.version];
  return isDynamoError(result.reason) ? result.reason.code : (result.reason as Error).message;
}

async function logOf(store: Store): Promise<readonly unknown[]> {
  const followed = await store.inventory.follow(1 as Version);
  if (followed.kind !== 'changes') throw new Error('the log was cut');
  const log: unknown[] = [];
  for await (const { version, authorship, changes } of followed.changes) log.push([version, authorship.user, changes]);
  return log;
}

const withoutTimes = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, each) => (['lastUpdate', 'openedAt'].includes(key) ? 0 : each)));

describe('writers in one transaction', () => {
  it('are told, and leave behind, what they would be and would one after the other', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 2, maxLength: 12 }), async (writes) => {
        await using together = await makeStoreDirectory();
        await using alone = await makeStoreDirectory();
        await using first = await together.open();
        await using second = await alone.open();
        const [inventory, other] = [await begin(first), await begin(second)];
        const writers = writes.map(
          (each, i): Writer<unknown> => ({ author: { application: 'test', user: `${i}` }, write: each }),
        );
        const expected: unknown[] = [];
        for (const { author, write: each } of writers) {
          const [result] = await Promise.allSettled([other.update(author, each)]);
          expected.push(told(result));
        }
        expect((await inventory.updateAll(writers)).map(told)).toEqual(expected);
        expect(withoutTimes(await logOf(first))).toEqual(withoutTimes(await logOf(second)));
        using view = inventory.view();
        const reloaded = await Inventory.open(first.inventory);
        using stored = reloaded.view();
        expect(sortedRecords(recordsOf(stored))).toEqual(sortedRecords(recordsOf(view)));
      }),
      { numRuns: 40 },
    );
  });

  it('are collected while others commit, and are one transaction then, in the order in which they came', async () => {
    await using directory = await makeStoreDirectory();
    await using store = await directory.open();
    const transactions: number[] = [];
    const counting = {
      ...store.inventory,
      commit: (commit) => {
        transactions.push(1);
        return store.inventory.commit(commit);
      },
      commitAll: async (commits) => {
        transactions.push(commits.length);
        return (await store.inventory.commitAll?.(commits)) ?? [];
      },
    } satisfies Store['inventory'];
    const inventory = await Inventory.open(counting);
    const small = new SmallWriters((writers) => inventory.updateAll(writers), { limit: 8 });
    const put = (i: number) =>
      small.update({ application: 'test', user: `${i}` }, (draft) => {
        draft.put('group', { name: `group${i}` as GroupName, level: 'block' });
        return i;
      });
    const updated = await Promise.all(Array.from({ length: 20 }, (_, i) => put(i)));
    expect(updated.map(({ result, version }) => [result, version])).toEqual(
      Array.from({ length: 20 }, (_, i) => [i, i + 1]),
    );
    expect(transactions).toEqual([1, 8, 8, 3]);

    const narrow = new SmallWriters((writers) => inventory.updateAll(writers), { maxWaiting: 2 });
    const three = [0, 1, 2, 3].map(() => narrow.update({ application: 'test', user: 'me' }, () => 'nothing'));
    const settled = await Promise.allSettled(three);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  });

  it('share the fate of their transaction where the store does not answer, and memory follows the log', async () => {
    await using directory = await makeStoreDirectory();
    await using store = await directory.open();
    let answers = false;
    const silent: Store['inventory'] = {
      ...store.inventory,
      commitAll: async (commits) => {
        const receipts = (await store.inventory.commitAll?.(commits)) ?? [];
        if (!answers) throw new Error('the answer was lost');
        return receipts;
      },
    };
    const inventory = await Inventory.open(silent);
    const writers = ['a', 'b', 'c'].map(
      (name): Writer<void> => ({
        author: { application: 'test', user: name },
        write: (draft) => draft.put('group', { name: name as GroupName, level: 'block' }),
      }),
    );
    const results = await inventory.updateAll(writers);
    expect(results.map(told)).toEqual(Array.from(writers, () => 'the answer was lost'));
    expect(inventory.version).toBe(0);
    answers = true;
    const next = await inventory.update({ application: 'test', user: 'd' }, (draft) =>
      draft.put('group', { name: 'd' as GroupName, level: 'block' }),
    );
    expect(next.version).toBe(4);
    using view = inventory.view();
    expect([...view.groups()].map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});
