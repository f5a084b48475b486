import { createRandomSource } from '@dynamo/core';
import { expect, it } from 'vitest';
import { killServers } from '../fixtures/kill-servers.ts';
import { makeStoreDirectory } from '../fixtures/store-directory.ts';

/** The short form of `npm run kill-store`. */
it('survives kill -9 at any moment: log, memory and tables agree, every acknowledged commit there once', {
  timeout: 120_000,
}, async () => {
  for (const thread of ['same', 'worker'] as const) {
    await using directory = await makeStoreDirectory();
    const { kills, commits, acknowledged, unheard } = await killServers({
      target: { kind: 'sqlite', file: directory.file, thread },
      kills: 10,
      random: createRandomSource(`kill -9, ${thread}`),
      onKill: () => {},
      mayGoOn: () => true,
    });
    expect(kills).toBe(10);
    // How many there are is up to the machine.
    expect(acknowledged).toBeGreaterThan(0);
    expect(acknowledged + unheard).toBe(commits);
  }
});
