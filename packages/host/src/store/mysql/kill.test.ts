import { createRandomSource } from '@dynamo/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../../../../scripts/components.ts';
import { cutConnections } from '../fixtures/cut-connections.ts';
import { CUTS } from '../fixtures/cutting-proxy.ts';
import { hangingDatabase, killDatabase } from '../fixtures/kill-database.ts';
import { killServers } from '../fixtures/kill-servers.ts';
import { MARIADB, type MariaDb, startMariaDb } from '../fixtures/mariadb.ts';

/** The short form of `npm run kill-store`: log, memory and tables agree after each, every acknowledged commit there once. */
describeWith(MARIADB, 'the MySQL store survives', () => {
  let server: MariaDb;
  beforeAll(async () => {
    server = await startMariaDb({ durable: true });
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());

  const prepare = async <D extends string>(database: D, kills: number) => {
    await server.execute(`create database ${database}`);
    return {
      target: { kind: 'mysql', ports: [server.port], database } as const,
      kills,
      random: createRandomSource(database),
      onKill: () => {},
      mayGoOn: () => true,
    };
  };

  it('kill -9 of the server', { timeout: 120_000 }, async () => {
    const { kills, commits, acknowledged, unheard } = await killServers(await prepare('servers', 8));
    expect(kills).toBe(8);
    expect(acknowledged).toBeGreaterThan(0);
    expect(acknowledged + unheard).toBe(commits);
  });

  it('kill -9 of the database, and goes on by itself', { timeout: 120_000 }, async () => {
    const { kills, commits, acknowledged } = await killDatabase(await prepare('database', 8), server);
    expect(kills).toBe(8);
    expect(acknowledged).toBeGreaterThanOrEqual(8);
    expect(commits).toBe(acknowledged);
  });

  it('a database that hangs in the middle of commits, for shorter and for longer than is waited for', {
    timeout: 180_000,
  }, async () => {
    const options = await prepare('hanging', 1);
    const target = { ...options.target, limits: { connectTimeoutMs: 500, answerTimeoutMs: 1000 } };
    const lengths = [300, 2500, 13_000];
    const hanging = hangingDatabase(server, { ...options.random, nextInt: () => lengths.shift() ?? 0 });
    const { kills, commits, acknowledged, failed } = await killDatabase({ ...options, target, kills: 3 }, hanging);
    expect(kills).toBe(3);
    // Nobody waits for thirteen seconds; the commit that was on its way is there once if it is there.
    expect(failed).toMatchObject({ unavailable: expect.any(Number) });
    expect(acknowledged).toBeGreaterThanOrEqual(3);
    expect(commits).toBeGreaterThanOrEqual(acknowledged);
  });

  it('a connection that breaks in the middle of COMMIT, or of any packet', { timeout: 120_000 }, async () => {
    const cuts = 4 * CUTS.length;
    const { kills, commits, acknowledged } = await cutConnections(await prepare('connection', cuts));
    expect(kills).toBe(cuts);
    expect(acknowledged).toBeGreaterThanOrEqual(cuts);
    expect(commits).toBe(acknowledged);
  });
});
