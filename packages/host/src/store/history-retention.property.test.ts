import { contentDigest, createRandomSource, type Store, systemClock, type Version } from '@dynamo/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { checkedStore } from './check-store.ts';
import { MARIADB, type MariaDb, startMariaDb } from './fixtures/mariadb.ts';
import { makeStoreDirectory } from './fixtures/store-directory.ts';
import { maintenanceOf } from './maintenance.ts';
import { openMysqlStore } from './mysql/open-mysql-store.ts';

/** Cycles by their time, each with some of a few contents; in between, everything before a time is forgotten. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('cycle' as const),
      time: fc.integer({ min: 0, max: 20 }),
      has: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), time: fc.integer({ min: 0, max: 21 }) }) },
);
type Step = { kind: 'cycle'; time: number; has: number[] } | { kind: 'forget'; time: number };

const contentOf = (number: number): Uint8Array => new TextEncoder().encode(`content ${number} `.repeat(number * 20));

/** Its number. */
async function commitCycle(store: Store, base: number, time: number, has: readonly number[]): Promise<number> {
  const contents = Object.fromEntries(has.map((number) => [`content ${number}`, contentOf(number)]));
  const deeds = [{ kind: 'delete', dataset: '/a', site: 'T2_A', blocks: 1, bytes: 1, reference: 'line 1' }] as const;
  const history = { planner: 'detox', title: '', time, planVersion: 0 as Version, document: '{}', contents, deeds };
  const { cycle } = await store.inventory.commit({
    ...{ id: `commit ${base}`, base: base as Version, authorship: { application: 'test', user: 'me', time } },
    ...{ changes: { changes: [] }, operations: [], requests: [], history },
    counters: { nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 1 },
  });
  return cycle as number;
}

/** A commit needs again what is being forgotten with the only cycle that had it. */
async function forgetWhileCommitting(store: Store): Promise<void> {
  for (let base = 0; base < 40; base++) {
    const forgetting = maintenanceOf(store)?.forget({ log: 0, operations: 0, history: base });
    const [cycle] = await Promise.all([commitCycle(store, base, base, [1, 3, 5]), forgetting]);
    for (const digest of Object.values((await store.history.cycle(cycle))?.contents ?? {})) {
      expect(await store.history.content(digest)).not.toBeNull();
    }
  }
  const { faults } = await checkedStore(store).check();
  expect(faults).toEqual([]);
}

async function replay(store: Store, steps: readonly Step[]): Promise<void> {
  let kept: { readonly cycle: number; readonly time: number; readonly has: readonly number[] }[] = [];
  let base = 0;
  for (const each of steps) {
    if (each.kind === 'forget') {
      await maintenanceOf(store)?.forget({ log: 0, operations: 0, history: each.time });
      kept = kept.filter(({ time }) => time >= each.time);
      continue;
    }
    const { time, has } = each;
    const cycle = await commitCycle(store, base, time, has);
    base += 1;
    kept.push({ cycle, time, has });
  }
  const newestFirst = kept.map(({ cycle }) => cycle).reverse();
  expect((await store.history.cycles()).map(({ cycle }) => cycle)).toEqual(newestFirst);
  expect((await store.history.deeds()).map(({ cycle }) => cycle)).toEqual(newestFirst);
  const named = new Set(kept.flatMap(({ has }) => has));
  for (let number = 0; number <= 5; number++) {
    const content = contentOf(number);
    expect(await store.history.content(contentDigest(content))).toEqual(named.has(number) ? content : null);
  }
  const { faults } = await checkedStore(store).check();
  expect(faults.filter(({ what }) => /contents|cycle/.test(what))).toEqual([]);
}

it('keeps what some cycle has, and forgets the rest, on SQLite', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      await using directory = await makeStoreDirectory();
      await using store = await directory.open({ thread: 'same' });
      await replay(store, steps);
    }),
    { numRuns: 20 },
  );
}, 60_000);

it('loses nothing that a commit needs while it is forgotten, on SQLite', async () => {
  await using directory = await makeStoreDirectory();
  await using store = await directory.open({ thread: 'same' });
  await forgetWhileCommitting(store);
}, 60_000);

describeWith(MARIADB, 'on MariaDB', () => {
  let server: MariaDb;
  beforeAll(async () => {
    server = await startMariaDb();
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());

  const openNew = async (name: string): Promise<Store> => {
    await server.execute(`create database ${name}`);
    return openMysqlStore({
      ...{ addresses: [{ host: '127.0.0.1', port: server.port }], user: 'root', password: '' },
      ...{ database: name, access: 'write', leaseSilenceMs: 6000, holder: 'a test', connections: 2 },
      ...{ clock: systemClock, random: createRandomSource('test') },
    });
  };

  describe('the history', () => {
    it('loses nothing that a commit needs while it is forgotten', async () => {
      await using store = await openNew('busy');
      await forgetWhileCommitting(store);
    }, 120_000);

    it('keeps what some cycle has, and forgets the rest', async () => {
      let databases = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          databases += 1;
          await using store = await openNew(`h${databases}`);
          await replay(store, steps);
        }),
        { numRuns: 5 },
      );
    }, 120_000);
  });
});
