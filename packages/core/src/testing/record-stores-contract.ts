/** What every store of requests, history and findings must do. */
import assert from 'node:assert/strict';
import { isDynamoError } from '../errors/dynamo-error.ts';
import { contentDigest } from '../model/content-digest.ts';
import type { GroupName, SiteName } from '../model/names.ts';
import type { RequestChange, RequestRecord, RequestState, RuleProgress } from '../model/request.ts';
import type { CycleDeed, FindingRecord, HistoryRecord, Version } from '../seams/commit.ts';
import type { CycleFilter } from '../seams/history-store.ts';
import type { Store } from '../seams/store.ts';
import { commitOn, headOf } from './commits.ts';
import { type ContractCheck, storeCheck } from './contract-check.ts';

type StoreUnderTest = Pick<Store, 'inventory' | 'requests' | 'history' | 'findings' | 'close'>;

/** `make` gives an empty store that may write, anew for each check. */
export function recordStoresContract(make: () => Promise<StoreUnderTest>): readonly ContractCheck[] {
  const check = (name: string, body: (store: StoreUnderTest) => Promise<void>): ContractCheck =>
    storeCheck(make, name, body);

  return [
    check('keeps requests as they were last committed', async (store) => {
      const [one, two, three] = [copyRequest(1), deletionRequest(2), { ...copyRequest(3), user: 'ä' }];
      await commitRequests(store, 0, [made(one), made(two), made(three)]);
      const active = moved(one, 'active');
      await commitRequests(store, 1, [{ before: one, after: active }]);
      assert.deepEqual(await store.requests.list(), [active, two, three]);
      assert.deepEqual(await store.requests.get(2), two);
      assert.equal(await store.requests.get(4), null);
    }),

    check('keeps rules, and those that a baseline brings', async (store) => {
      const [rule, change] = [ruleRequest(4), { ...ruleRequest(4), copies: 3, progress: RULE_PROGRESS }];
      const counters = { nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 5 };
      const none = (async function* () {})();
      await store.inventory.baseline({ version: 1 as Version, counters }, none, { requests: [rule] });
      assert.deepEqual(await store.requests.list({ kind: 'rule' }), [rule]);
      assert.equal((await headOf(store.inventory)).counters.nextRequest, 5);
      await commitRequests(store, 1, [{ before: rule, after: change }]);
      assert.deepEqual(await store.requests.get(4), change);
    }),

    check('lists requests by filter', async (store) => {
      const [one, two, three] = [copyRequest(1), deletionRequest(2), { ...moved(copyRequest(3), 'done'), user: 'ä' }];
      await commitRequests(store, 0, [made(one), made(two), made(three)]);
      assert.deepEqual(await store.requests.list({ state: 'new' }), [one, two]);
      assert.deepEqual(await store.requests.list({ kind: 'delete' }), [two]);
      assert.deepEqual(await store.requests.list({ user: 'ä' }), [three]);
      assert.deepEqual(await store.requests.list({ after: 1, limit: 1 }), [two]);
    }),

    check('refuses to move a request on that has moved since, with nothing written', async (store) => {
      const one = copyRequest(1);
      await commitRequests(store, 0, [made(one)]);
      await commitRequests(store, 1, [{ before: one, after: moved(one, 'cancelled') }]);
      for (const [index, changes] of [[{ before: one, after: moved(one, 'done') }], [made(one)]].entries()) {
        const commit = commitOn(2, { id: `late ${index}`, requests: [made(copyRequest(2 + index)), ...changes] });
        await assert.rejects(store.inventory.commit(commit), (error) => isDynamoError(error, 'conflict'));
      }
      assert.deepEqual(await store.requests.list(), [moved(one, 'cancelled')]);
    }),

    check('moves a request on more than once in one commit', async (store) => {
      const [fresh, active] = [copyRequest(1), moved(copyRequest(1), 'active')];
      await commitRequests(store, 0, [made(fresh), { before: fresh, after: active }]);
      const done = moved(fresh, 'done');
      await commitRequests(store, 1, [
        { before: active, after: fresh },
        { before: fresh, after: done },
      ]);
      assert.deepEqual(await store.requests.list(), [done]);
    }),

    check('keeps the history of cycles, newest first, with documents of any size', async (store) => {
      const document = JSON.stringify({ text: 'ä'.repeat(3_000_000) });
      const cycles = [cycle('detox', '{}'), cycle('dealer', document), cycle('detox', '')];
      for (const [base, history] of cycles.entries()) {
        const receipt = await store.inventory.commit(commitOn(base, { history }));
        assert.deepEqual(receipt, { version: base + 1, cycle: base + 1 });
      }
      await store.inventory.commit(commitOn(3));
      const summaries = cycles
        .map(({ document: _, ...rest }, i) => ({ ...rest, cycle: i + 1, version: i + 1, isTest: false }))
        .reverse();
      assert.deepEqual(await store.history.cycles(), summaries);
      assert.deepEqual(await store.history.cycles({ planner: 'detox', limit: 1 }), summaries.slice(0, 1));
      assert.deepEqual(await store.history.cycles({ before: 3, limit: 1 }), summaries.slice(1, 2));
      assert.deepEqual(await store.history.cycle(2), { ...summaries[1], document, contents: {} });
      assert.equal(await store.history.cycle(9), null);
    }),

    check('keeps tests apart from real cycles, and finds cycles by time', async (store) => {
      const at = (time: number, isTest: boolean): HistoryRecord => ({ ...cycle('detox', '{}'), time, isTest });
      const histories = [at(10, false), at(20, true), at(20, false), at(30, false)];
      for (const [base, history] of histories.entries()) await store.inventory.commit(commitOn(base, { history }));
      const numbers = async (filter: CycleFilter): Promise<readonly number[]> =>
        (await store.history.cycles(filter)).map((each) => each.cycle);
      assert.deepEqual(await numbers({}), [4, 3, 1]);
      assert.deepEqual(await numbers({ test: true }), [2]);
      assert.deepEqual(await numbers({ since: 20 }), [4, 3]);
      assert.deepEqual(await numbers({ since: 10, until: 30, limit: 1 }), [3]);
      assert.deepEqual(await numbers({ since: 10, until: 30, planner: 'detox', before: 3 }), [1]);
      assert.equal((await store.history.cycle(2))?.isTest, true);
    }),

    check('keeps contents of cycles by their digests', async (store) => {
      const [one, other] = [new TextEncoder().encode('ä'), new Uint8Array(3_000_000).map((_, i) => (i * i) % 251)];
      const histories = [{ a: one, b: other }, { a: one, c: new Uint8Array() }, { d: other }].map((contents) => ({
        ...cycle('detox', '{}'),
        contents,
      }));
      for (const [base, history] of histories.entries()) await store.inventory.commit(commitOn(base, { history }));
      for (const [i, { contents }] of histories.entries()) {
        const digests = (await store.history.cycle(i + 1))?.contents ?? {};
        assert.deepEqual(Object.keys(digests), Object.keys(contents));
        for (const [name, content] of Object.entries(contents)) {
          assert.equal(digests[name], contentDigest(content));
          assert.deepEqual(await store.history.content(digests[name] ?? ''), content);
        }
      }
      assert.equal(await store.history.content(contentDigest(new Uint8Array([1]))), null);
    }),

    check('finds what cycles did', async (store) => {
      const deed = (dataset: string, site: string, reference: string | null = null): CycleDeed => ({
        ...{ kind: 'delete', dataset, site, reference, blocks: 2, bytes: 2 ** 52 },
      });
      const copy: CycleDeed = { ...deed('/ä', 'T2_B', 'request 7'), kind: 'copy' };
      const first = [deed('/ä', 'T2_B', 'line 14'), deed('/a', 'T2_A'), deed('/ä', 'T2_A', 'line 14')];
      const histories = [
        { ...cycle('detox', '{}'), time: 10, deeds: first },
        { ...cycle('dealer', '{}'), time: 20, deeds: [copy] },
        { ...cycle('detox', '{}'), time: 30, deeds: [deed('/ä', 'T2_B', 'line 15')] },
      ];
      for (const [base, history] of histories.entries()) await store.inventory.commit(commitOn(base, { history }));
      const found = histories.flatMap(({ planner, title, time, deeds }, i) =>
        deeds.map((each) => ({ ...each, cycle: i + 1, planner, title, time })),
      );
      const [b, a, c, d, e] = found;
      assert.deepEqual(await store.history.deeds(), [e, d, b, a, c]);
      assert.deepEqual(await store.history.deeds({ dataset: '/ä' }), [e, d, b, c]);
      assert.deepEqual(await store.history.deeds({ dataset: '/Ä' }), []);
      assert.deepEqual(await store.history.deeds({ dataset: '/ä', site: 'T2_B', kind: 'delete' }), [e, b]);
      assert.deepEqual(await store.history.deeds({ reference: 'line 14', limit: 1 }), [b]);
      assert.deepEqual(await store.history.deeds({ since: 10, until: 30, planner: 'detox', site: 'T2_A' }), [a, c]);
      assert.deepEqual(await store.history.deeds({ before: 3, planner: 'dealer' }), [d]);
    }),

    check('replaces the findings of one site at a time', async (store) => {
      const here = [finding('here', 'missing', '/store/ä'), finding('here', 'orphan', '/store/ä')];
      const there = [finding('there', 'orphan', `x/${'y'.repeat(3000)}`)];
      assert.deepEqual(await store.findings.load('here'), []);
      await store.findings.save('here', here);
      await store.findings.save('there', there);
      assert.deepEqual(byKind(await store.findings.load('here')), here);
      await store.findings.save('here', [{ ...finding('here', 'missing', '/store/ä'), rounds: 2 }]);
      assert.deepEqual(await store.findings.load('here'), [{ ...finding('here', 'missing', '/store/ä'), rounds: 2 }]);
      await store.findings.save('here', []);
      assert.deepEqual(await store.findings.load('here'), []);
      assert.deepEqual(await store.findings.load('there'), there);
    }),
  ];
}

const STATUS = { state: 'new', user: 'me', createdAt: 5, updatedAt: 6, reason: '' } as const;

function copyRequest(id: number): RequestRecord {
  const group = 'AnalysisOps' as GroupName;
  return { id, kind: 'copy', datasets: ['/a/*', '/ä'], sites: ['T2_*'], copies: 2, group, ...STATUS };
}

function deletionRequest(id: number): RequestRecord {
  return { id, kind: 'delete', datasets: ['/a/b/C'], sites: ['T2_US_MIT' as SiteName], ...STATUS };
}

function ruleRequest(id: number): RequestRecord {
  const what = { datasets: ['/a/*', 'dataset.status == VALID'], sites: ['T2_*'], copies: 2, group: null };
  return { id, kind: 'rule', ...what, until: 1_700_000_000, progress: null, ...STATUS };
}

const RULE_PROGRESS: RuleProgress = {
  ...{ state: 'stuck', datasets: 1, copies: 2, there: 0, onTheWay: 0, missing: 2, bytesMissing: 7 },
  ...{ why: 'no site can take it', remedy: 'name more sites' },
};

function made(after: RequestRecord): RequestChange {
  return { before: null, after };
}

function moved(request: RequestRecord, state: RequestState): RequestRecord {
  return { ...request, state, updatedAt: 7, reason: 'because' };
}

async function commitRequests(store: StoreUnderTest, base: number, requests: readonly RequestChange[]): Promise<void> {
  await store.inventory.commit(commitOn(base, { requests }));
}

function cycle(planner: string, document: string): HistoryRecord {
  return { planner, title: 'Physics', time: 1_700_000_000, planVersion: 0 as Version, document };
}

function finding(site: string, kind: FindingRecord['kind'], name: string): FindingRecord {
  return { site, kind, name, rounds: 1, firstSeen: 10, lastSeen: 20 };
}

function byKind(findings: readonly FindingRecord[]): readonly FindingRecord[] {
  return [...findings].sort((a, b) => (a.kind < b.kind ? -1 : 1));
}
