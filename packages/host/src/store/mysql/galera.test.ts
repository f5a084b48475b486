import { createRandomSource } from '@dynamo/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../../../../scripts/components.ts';
import { GALERA, type GaleraCluster, startGalera } from '../fixtures/galera.ts';
import { killNodes } from '../fixtures/kill-nodes.ts';

const TIMEOUT_MS = 180_000;

describeWith(GALERA, 'a Galera cluster of three nodes under the store', () => {
  let cluster: GaleraCluster;
  beforeAll(async () => {
    cluster = await startGalera();
  }, TIMEOUT_MS);
  afterAll(() => cluster[Symbol.asyncDispose](), TIMEOUT_MS);

  it('survives kill -9 of the node in use: nothing lost, nothing twice, and the node rejoins', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await cluster.nodes[0]?.query('create database killed');
    const ports = cluster.nodes.map(({ port }) => port);
    const { kills, commits, acknowledged } = await killNodes(
      {
        target: { kind: 'mysql', ports, database: 'killed' },
        kills: 1,
        random: createRandomSource('nodes'),
        onKill: () => {},
        mayGoOn: () => true,
      },
      cluster,
    );
    expect(kills).toBe(1);
    expect(acknowledged).toBeGreaterThanOrEqual(3);
    expect(commits).toBe(acknowledged);
  });
});
