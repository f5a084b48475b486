import { createRandomSource, type Store, systemClock, type Version } from '@dynamo/core';
import { randomStep } from '@dynamo/core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../../../../scripts/components.ts';
import { startCuttingProxy } from '../fixtures/cutting-proxy.ts';
import { MARIADB, type MariaDb, startMariaDb } from '../fixtures/mariadb.ts';
import { assertTablesMatch, EMPTY_LOG_MODEL, replayLog } from '../fixtures/store-model.ts';
import { openMysqlStore } from './open-mysql-store.ts';

describeWith(MARIADB, 'the MySQL store, while things break', () => {
  let server: MariaDb;
  beforeAll(async () => {
    server = await startMariaDb({ durable: true });
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());

  const open = (port: number, database: string): Promise<Store> =>
    openMysqlStore({
      addresses: [{ host: '127.0.0.1', port }],
      user: 'root',
      password: '',
      database,
      access: 'write',
      leaseSilenceMs: 10_000,
      holder: 'a test',
      clock: systemClock,
      random: createRandomSource('test'),
    });

  it('does each commit once, whenever the connection breaks at COMMIT', { timeout: 120_000 }, async () => {
    await server.execute('create database cut');
    const random = createRandomSource('cuts');
    await using proxy = await startCuttingProxy(server.port, random);
    await using store = await open(proxy.port, 'cut');
    proxy.cutOneIn = 2;
    const acknowledged = await commitRandomly(store, (done) => done < 60, 'cut');
    proxy.cutOneIn = 0;
    expect(proxy.cuts.before).toBeGreaterThan(5);
    expect(proxy.cuts.after).toBeGreaterThan(5);
    expect(acknowledged).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    const model = await replayLog(store, EMPTY_LOG_MODEL);
    expect(model.version).toBe(60);
    await assertTablesMatch(store, model);
  });

  it('loses nothing that was acknowledged when the server is killed, and goes on by itself', {
    timeout: 120_000,
  }, async () => {
    await server.execute('create database killed');
    await using store = await open(server.port, 'killed');
    let kills = 0;
    const committing = commitRandomly(store, () => kills < 4, 'killed');
    const random = createRandomSource('kills');
    for (; kills < 4; kills += 1) {
      await systemClock.sleep(200 + random.nextInt(400));
      await server.kill();
      await server.start();
    }
    const acknowledged = await committing;
    const model = await replayLog(store, EMPTY_LOG_MODEL);
    expect(acknowledged).toEqual(Array.from({ length: model.version }, (_, i) => i + 1));
    await assertTablesMatch(store, model);
  });
});

/** One after the other; the versions that were acknowledged. */
async function commitRandomly(store: Store, goOn: (done: number) => boolean, seed: string): Promise<readonly number[]> {
  const random = createRandomSource(seed);
  let { records, counters } = EMPTY_LOG_MODEL;
  let version = 0;
  const versions: number[] = [];
  for (let i = 0; goOn(i); i += 1) {
    const step = randomStep(records, counters, random);
    const receipt = await store.inventory.commit({
      id: `${seed} ${i}`,
      base: version as Version,
      authorship: { application: 'test', user: 'me', time: 1 },
      changes: step.changes,
      counters: step.counters,
      operations: [],
      requests: [],
      history: null,
    });
    ({ version } = receipt);
    ({ model: records, counters } = step);
    versions.push(version);
  }
  return versions;
}
