/** What every inventory store must do, whoever wrote it. */
import assert from 'node:assert/strict';
import { createRandomSource } from '../clock/random-source.ts';
import { isDynamoError } from '../errors/dynamo-error.ts';
import type { ErrorCode } from '../errors/error-code.ts';
import { ENTITIES, type InventoryRecord } from '../model/records.ts';
import type { CommittedChange, Version } from '../seams/commit.ts';
import type { InventoryStore } from '../seams/inventory-store.ts';
import type { Store } from '../seams/store.ts';
import {
  batchesOf,
  changesOn,
  commitOn,
  headOf,
  loadAll,
  SAMPLE_AUTHORSHIP,
  SAMPLE_COUNTERS,
  sortedRecords,
  withoutFiles,
} from './commits.ts';
import { type ContractCheck, storeCheck } from './contract-check.ts';
import { type RecordModel, randomStep, slotOf } from './random-history.ts';
import {
  additions,
  changeOf,
  item,
  sampleDataset,
  sampleFederation,
  sampleFiles,
  sampleSite,
} from './sample-records.ts';

type StoreUnderTest = Pick<Store, 'inventory' | 'close'>;

/** `make` gives an empty store that may write, anew for each check. */
export function inventoryStoreContract(make: () => Promise<StoreUnderTest>): readonly ContractCheck[] {
  const check = (name: string, body: (store: InventoryStore) => Promise<void>): ContractCheck =>
    storeCheck(make, name, ({ inventory }) => body(inventory));

  return [
    check('is empty at version 0 to begin with', async (store) => {
      const { head, records } = await store.load();
      assert.equal(head.version, 0);
      for await (const batch of records) assert.deepEqual(batch, []);
    }),

    check('gives back every record as it was committed, each after those it refers to', async (store) => {
      const receipt = await store.commit(changesOn(0, additions(sampleFederation)));
      assert.deepEqual(receipt, { version: 1, cycle: null });
      const { head, records } = await store.load();
      assert.deepEqual(head, { version: 1, counters: SAMPLE_COUNTERS });
      const loaded: InventoryRecord[] = [];
      for await (const batch of records) loaded.push(...batch);
      assert.deepEqual(sortedRecords(loaded), sortedRecords(withoutFiles(sampleFederation)));
      const ranks = loaded.map(({ entity }) => ENTITIES.indexOf(entity));
      assert.ok(ranks.every((rank, index) => index === 0 || rank >= (ranks[index - 1] as number)));
    }),

    check('gives back every record of a baseline, and the version and the counters it came with', async (store) => {
      const head = { version: 17 as Version, counters: SAMPLE_COUNTERS };
      await store.baseline(head, batchesOf(sampleFederation));
      assert.deepEqual(await headOf(store), head);
      assert.deepEqual(sortedRecords(await loadAll(store)), sortedRecords(withoutFiles(sampleFederation)));
      assert.equal((await store.commit(commitOn(17))).version, 18);
      assert.deepEqual(await store.follow(5 as Version), { kind: 'too-old', oldest: 18 });
    }),

    check('refuses a baseline where something is', async (store) => {
      await store.commit(changesOn(0, additions(sampleFederation)));
      const head = { version: 17 as Version, counters: SAMPLE_COUNTERS };
      await rejects(store.baseline(head, batchesOf(sampleFederation)), 'conflict');
      assert.equal((await headOf(store)).version, 1);
    }),

    check('is empty after a baseline that broke off', async (store) => {
      const head = { version: 17 as Version, counters: SAMPLE_COUNTERS };
      const broken = async function* (): AsyncGenerator<typeof sampleFederation> {
        yield* batchesOf(sampleFederation);
        throw new Error('the text ends here');
      };
      await assert.rejects(store.baseline(head, broken()), /the text ends here/);
      assert.equal((await headOf(store)).version, 0);
      assert.deepEqual(await loadAll(store), []);
      await store.baseline(head, batchesOf(sampleFederation));
      assert.deepEqual(sortedRecords(await loadAll(store)), sortedRecords(withoutFiles(sampleFederation)));
    }),

    check('refuses a commit that was made on another version, and writes nothing of it', async (store) => {
      await store.commit(commitOn(0));
      const late = { ...changesOn(0, additions(sampleFederation)), id: 'late' };
      await rejects(store.commit(late), 'conflict');
      await rejects(store.commit({ ...late, base: 5 as Version }), 'conflict');
      assert.equal((await headOf(store)).version, 1);
      assert.deepEqual(await loadAll(store), []);
    }),

    check('gives the same receipt for the same commit again, and does it once', async (store) => {
      const commit = changesOn(0, additions(sampleFederation));
      const history = { planner: 'p', title: 't', time: 1, planVersion: 1 as Version, document: '{}' };
      const first = await store.commit({ ...commit, history });
      await store.commit(commitOn(1));
      assert.deepEqual(first, { version: 1, cycle: 1 });
      assert.deepEqual(await store.commit({ ...commit, history }), first);
      assert.deepEqual(await store.commit({ ...commit, base: 2 as Version, history }), first);
      assert.equal((await headOf(store)).version, 2);
    }),

    check('refuses to add what is there and to remove what is not, with nothing written', async (store) => {
      await store.commit(changesOn(0, additions(sampleFederation)));
      const there = additions([item('dataset', sampleDataset('/new')), item('site', sampleSite('T2_US_MIT'))]);
      await rejects(store.commit(changesOn(1, there)), 'conflict');
      const gone = changeOf('dataset', sampleDataset('/never/was'), null);
      await rejects(store.commit(changesOn(1, { changes: [gone] })), 'conflict');
      const [file] = sampleFiles;
      assert.ok(file);
      const taken = changeOf('file', null, { ...file, id: 99 as typeof file.id });
      await rejects(store.commit(changesOn(1, { changes: [taken] })), 'conflict', file.lfn);
      assert.deepEqual(sortedRecords(await loadAll(store)), sortedRecords(withoutFiles(sampleFederation)));
      assert.equal((await store.commit(commitOn(1))).version, 2);
    }),

    check('loads what is committed, in any sequence of commits, and the log leads there', async (store) => {
      for (const seed of [1, 2, 3]) await runRandomHistory(store, seed);
    }),

    check('follows the log from any version it has, to the head', async (store) => {
      const commits = [changesOn(0, additions(sampleFederation)), commitOn(1), commitOn(2)];
      for (const commit of commits) await store.commit(commit);
      for (const from of [0, 1, 2, 3]) {
        const expected = commits.slice(from).map(({ id, changes, counters }, index) => ({
          version: from + index + 1,
          id,
          authorship: SAMPLE_AUTHORSHIP,
          changes,
          counters,
        }));
        assert.deepEqual(await followAll(store, from), expected);
      }
      assert.equal((await store.follow(4 as Version)).kind, 'too-old');
    }),

    check('loads one version, whatever is committed while it is read', async (store) => {
      await store.commit(changesOn(0, additions(sampleFederation)));
      const { head, records } = await store.load();
      const loaded: InventoryRecord[] = [];
      let commits = 0;
      await store.commit(changesOn(1, additions([item('dataset', sampleDataset('/while/loading'))])));
      for await (const batch of records) {
        loaded.push(...batch);
        if (commits++ > 0) continue;
        await store.commit(changesOn(2, additions([item('dataset', sampleDataset('/while/reading'))])));
      }
      assert.equal(head.version, 1);
      assert.deepEqual(sortedRecords(loaded), sortedRecords(withoutFiles(sampleFederation)));
    }),

    check('makes several commits at once, all of them or none, where it can', async (store) => {
      if (store.commitAll === undefined) return;
      const [first, second] = [changesOn(0, additions(sampleFederation)), commitOn(1)];
      await rejects(store.commitAll([first, commitOn(5)]), 'conflict');
      assert.equal((await headOf(store)).version, 0);
      const receipts = await store.commitAll([first, second]);
      assert.deepEqual(receipts, [
        { version: 1, cycle: null },
        { version: 2, cycle: null },
      ]);
      assert.deepEqual(await store.commitAll([first, second]), receipts);
      assert.deepEqual(await store.commit(second), receipts[1]);
      assert.equal((await headOf(store)).version, 2);
      const taken = changesOn(3, { changes: [changeOf('site', null, sampleSite('T2_US_MIT'))] });
      await rejects(store.commitAll([{ ...commitOn(2), id: 'third' }, taken]), 'conflict');
      assert.deepEqual(
        (await followAll(store, 0)).map(({ id }) => id),
        [first.id, second.id],
      );
    }),

    check('holds nothing of loads that are left, before or after the first record', async (store) => {
      await store.commit(changesOn(0, additions(sampleFederation)));
      for (let i = 0; i < 12; i += 1) {
        const { records, compact } = await store.load();
        const iterator = (compact !== undefined && i % 2 === 0 ? compact : records)[Symbol.asyncIterator]();
        if (i % 3 === 0) await iterator.next();
        await iterator.return?.();
      }
      assert.deepEqual(sortedRecords(await loadAll(store)), sortedRecords(withoutFiles(sampleFederation)));
    }),
  ];
}

async function runRandomHistory(store: InventoryStore, seed: number): Promise<void> {
  const random = createRandomSource(seed);
  let { version, counters } = await headOf(store);
  let model: RecordModel = await replay(store);
  for (let round = 0; round < 8; round += 1) {
    const step = randomStep(model, counters, random);
    const commit = { ...changesOn(version, step.changes), id: `seed ${seed} round ${round}`, counters: step.counters };
    ({ version } = await store.commit(commit));
    ({ model, counters } = step);
    const expected = withoutFiles([...model.values()]);
    assert.deepEqual(sortedRecords(await loadAll(store)), sortedRecords(expected), `seed ${seed}, round ${round}`);
  }
  assert.deepEqual(sortedRecords([...(await replay(store)).values()]), sortedRecords([...model.values()]));
}

/** From the log, which has the files too. */
async function replay(store: InventoryStore): Promise<RecordModel> {
  const records = new Map<string, InventoryRecord>();
  for (const { changes } of await followAll(store, 0)) {
    for (const { entity, key, after } of changes.changes) {
      if (after === null) records.delete(slotOf(entity, key));
      else records.set(slotOf(entity, key), { entity, record: after } as InventoryRecord);
    }
  }
  return records;
}

async function followAll(store: InventoryStore, from: number): Promise<readonly CommittedChange[]> {
  const result = await store.follow(from as Version);
  assert.equal(result.kind, 'changes');
  const changes: CommittedChange[] = [];
  for await (const change of result.changes) changes.push(change);
  return changes;
}

async function rejects(promise: Promise<unknown>, code: ErrorCode, naming = ''): Promise<void> {
  await assert.rejects(promise, (error) => isDynamoError(error, code) && error.message.includes(naming));
}
