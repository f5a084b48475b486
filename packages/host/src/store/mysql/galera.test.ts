import { type Clock, createRandomSource, Inventory, type LockRecord, systemClock, type Version } from '@dynamo/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../../../../scripts/components.ts';
import { GALERA, type GaleraCluster, type GaleraNode, startGalera } from '../fixtures/galera.ts';
import { startCommitter } from '../fixtures/held-committer.ts';
import { killNodes } from '../fixtures/kill-nodes.ts';
import { type MysqlTarget, openTarget, queryTarget } from '../fixtures/kill-target.ts';
import { StoreVerifier } from '../fixtures/verify-store.ts';
import type { SharedStore } from '../leadership.ts';
import { conditionOf } from '../store-condition.ts';
import { type MysqlStoreOptions, openMysqlStore } from './open-mysql-store.ts';

const TIMEOUT_MS = 180_000;
const TAKING_TURNS_MS = 60_000;

describeWith(GALERA, 'a Galera cluster of three nodes under the store', () => {
  let cluster: GaleraCluster;
  beforeAll(async () => {
    cluster = await startGalera();
  }, TIMEOUT_MS);
  afterAll(() => cluster[Symbol.asyncDispose](), TIMEOUT_MS);

  const AUTHOR = { application: 'test', user: 'me' };

  /** Through one node only. */
  const openAt = (node: number, database: string, options: Partial<MysqlStoreOptions> = {}): Promise<SharedStore> =>
    openMysqlStore({
      addresses: [{ host: '127.0.0.1', port: cluster.nodes[node]?.port ?? 0 }],
      ...{ user: 'root', password: '', database, access: 'follow', leaseSilenceMs: 60_000, holder: `node ${node}` },
      ...{ clock: systemClock, random: createRandomSource(`node ${node}`) },
      ...options,
    });

  const addLock = (inventory: Inventory, owner: string) =>
    inventory.update(AUTHOR, (draft) => {
      const rest = { site: null, group: null, block: null, expires: null, comment: null };
      draft.put('lock', { id: draft.nextLockId(), dataset: '/A/*', owner, ...rest } as LockRecord);
    });

  it('does again, after a while, what another node got in the way of', { timeout: TIMEOUT_MS }, async () => {
    await cluster.nodes[0]?.query('create database contended');
    let waits = 0;
    const clock: Clock = {
      ...systemClock,
      sleep: (ms, options) => {
        waits += 1;
        return systemClock.sleep(ms, options);
      },
    };
    const [first, second] = [await openAt(0, 'contended', { clock }), await openAt(1, 'contended', { clock })];
    try {
      // The same rows over two nodes: each is refused at COMMIT what the other has certified before. A busy machine may
      // let them take turns for long.
      const deadline = systemClock.monotonicMs() + TAKING_TURNS_MS;
      const report = async (store: SharedStore, count: number): Promise<void> => {
        for (let round = 0; round < 60 || (waits === 0 && systemClock.monotonicMs() < deadline); round += 1) {
          const access = { day: round % 3, dataset: '/A/B/AOD', site: 'T1_A', accesses: count, requests: 0 };
          await store.accesses.put([access] as never);
        }
      };
      await Promise.all([report(first, 1), report(second, 2)]);
      expect(waits).toBeGreaterThan(0);
    } finally {
      await first.close();
      await second.close();
    }
    const [rows] = await Promise.all(
      cluster.nodes.map((node) => node.query('select day, accesses from contended.accesses order by day')),
    );
    expect(rows).toHaveLength(3);
  });

  it('lets one lead, whichever nodes they are on: who was replaced commits nothing more', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await cluster.nodes[0]?.query('create database fenced');
    await (await openAt(0, 'fenced')).close();
    let leader = await openAt(0, 'fenced');
    await leader.leadership.take(0);
    let acknowledged = 0;
    for (let round = 1; round <= 8; round += 1) {
      const next = await openAt(round % 3, 'fenced');
      const inventory = await Inventory.open(leader.inventory);
      // While it is being replaced it goes on committing, until it is told.
      const committing = (async () => {
        for (;;) {
          await addLock(inventory, `round ${round}`);
          acknowledged += 1;
        }
      })();
      const ended = committing.catch((error: unknown) => error);
      await systemClock.sleep(30);
      const epoch = await next.leadership.take(round);
      expect(epoch).toBe(round + 1);
      expect(await ended).toMatchObject({ code: 'lost-lease' });
      const successor = await Inventory.open(next.inventory);
      await addLock(successor, 'the next');
      acknowledged += 1;
      const late = await addLock(inventory, 'late').catch((error: unknown) => error);
      expect(late).toMatchObject({ code: 'lost-lease' });
      await leader.close();
      leader = next;
    }
    const { head } = await leader.inventory.load();
    await leader.close();
    expect(head.version).toBe(acknowledged as Version);
    for (const node of cluster.nodes) {
      const log = (await node.query(
        'set session wsrep_sync_wait = 1; select version, epoch from fenced.changes order by version',
      )) as unknown as [unknown, { version: number; epoch: number }[]];
      expect(log[1].map(({ version }) => version)).toEqual(Array.from({ length: acknowledged }, (_, i) => i + 1));
      expect(log[1].map(({ epoch }) => epoch)).toEqual(log[1].map(({ epoch }) => epoch).toSorted((a, b) => a - b));
    }
  });

  const lose = async (database: string, hangs: boolean) => {
    await cluster.nodes[0]?.query(`create database ${database}`);
    const ports = cluster.nodes.map(({ port }) => port);
    const limits = { connectTimeoutMs: 1000, answerTimeoutMs: 3000 };
    return killNodes(
      {
        target: { kind: 'mysql', ports, database, limits },
        kills: 1,
        random: createRandomSource(database),
        hangs,
        onKill: () => {},
        onSilence: () => {},
        mayGoOn: () => true,
      },
      cluster,
    );
  };

  it('survives kill -9 of the node in use: nothing lost, nothing twice, and the node rejoins', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const { kills, commits, acknowledged } = await lose('killed', false);
    expect(kills).toBe(1);
    expect(acknowledged).toBeGreaterThanOrEqual(3);
    expect(commits).toBe(acknowledged);
  });

  it('goes on with another node where the one in use hangs, whatever that one still does when it wakes up', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const { kills, commits, acknowledged, longestSilenceMs } = await lose('hanging', true);
    expect(kills).toBe(1);
    expect(acknowledged).toBeGreaterThanOrEqual(3);
    expect(commits).toBe(acknowledged);
    // Three seconds until it is given up: not the five after which it wakes up, and then joins again.
    expect(longestSilenceMs).toBeGreaterThan(2000);
  });

  it('survives the loss of its majority: refused meanwhile, and on by itself when the nodes are back', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const [kept, ...others] = cluster.nodes as [GaleraNode, ...GaleraNode[]];
    await kept.query('create database minority');
    const target: MysqlTarget = {
      ...{ kind: 'mysql', ports: cluster.nodes.map(({ port }) => port), database: 'minority' },
      limits: { connectTimeoutMs: 1000, answerTimeoutMs: 3000 },
    };
    const verifier = new StoreVerifier();
    await using store = await openTarget(target, 'write');
    const committer = startCommitter(store, createRandomSource('minority'), (entry) => verifier.hear(entry));
    await committer.nextCommit();
    await Promise.all(others.map((node) => node.kill()));
    const condition = conditionOf(store);
    while (condition?.trouble() === null) await systemClock.sleep(50);
    expect(condition?.trouble()).toMatch(/^cannot .* \(minority on .*\): /);
    // As after a power cut: the view of before is restored when all of its nodes are there again.
    await Promise.all(others.map((node) => node.start()));
    await committer.nextCommit();
    const memory = await committer.hold();
    for (const { port } of cluster.nodes) {
      const one = { ...target, ports: [port] };
      await using other = await openTarget(one, 'read');
      await verifier.check(other, queryTarget(one), memory);
    }
    committer.goOn();
    await committer.stop();
    await condition?.probe();
    expect(condition?.trouble()).toBeNull();
  });
});
