import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createRandomSource, type RandomSource } from '@dynamo/core';
import { expect, it } from 'vitest';
import { makeStoreDirectory } from '../fixtures/store-directory.ts';
import { assertTablesMatch, EMPTY_LOG_MODEL, replayLog } from '../fixtures/store-model.ts';

const KILLS = 20;
const committing = fileURLToPath(new URL('../fixtures/committing-process.ts', import.meta.url));

it('survives kill -9 at any moment: no gap in the log, tables as the log says, every acknowledged commit there once', {
  timeout: 180_000,
}, async () => {
  await using directory = await makeStoreDirectory();
  const random = createRandomSource('kill -9');
  let model = EMPTY_LOG_MODEL;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const acknowledged = await commitUntilKilled(directory.file, `run ${kill}`, random);
    // The lease of the dead is free at once.
    await using store = await directory.open();
    model = await replayLog(store, model);
    await assertTablesMatch(store, model);
    for (const { version, id } of acknowledged) {
      expect(version).toBeLessThanOrEqual(model.version);
      expect(model.commitIds).toContain(id);
    }
  }
  expect(model.version).toBeGreaterThan(KILLS);
});

interface Acknowledged {
  readonly version: number;
  readonly id: string;
}

/** Lets it live a random while after its first commit. */
async function commitUntilKilled(file: string, seed: string, random: RandomSource): Promise<readonly Acknowledged[]> {
  const thread = random.nextInt(4) === 0 ? 'worker' : 'same';
  const flags = ['--conditions=@dynamo/source', committing, file, seed, thread];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (acknowledged.length === 0) setTimeout(() => child.kill('SIGKILL'), random.nextInt(200));
    const [version, ...id] = line.split(' ');
    acknowledged.push({ version: Number(version), id: id.join(' ') });
  }
  await exited;
  expect(child.signalCode).toBe('SIGKILL');
  return acknowledged;
}
