import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type GroupName, type PartitionName, type SiteName, systemClock } from '@dynamo/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApplication } from '../composition/open-application.ts';
import { readConfiguration } from '../configuration/read-configuration.ts';
import type { CycleHealth } from '../services/health.ts';
import { type ServeProcess, startServe, writeConfiguration } from './fixtures/serve-process.ts';

const POLICY = `Partition Physics
On site.name == T1_A
When site.occupancy > 0.5
Until site.occupancy < 0.4
Dismiss
Order none
`;
const CYCLES = `detox:
  policies: [physics.txt]
dealer:
  intervalSeconds: 1
fileOperations:
  intervalSeconds: 1
consistency:
  sites: [T1_A, T2_B]
  graceSeconds: 0
  intervalSeconds: 1
`;
const FILES = ['/store/a/1.root', '/store/a/2.root', '/store/b/1.root', '/store/b/2.root'];

let folder: string;
let server: ServeProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamo-cycles-'));
});
afterEach(async () => {
  server?.child.kill('SIGKILL');
  await server?.ended;
  await rm(folder, { recursive: true });
});

/** Two sites as directories, T1_A over its watermark, everything in two places but for T3_C, which has nothing. */
async function makeFederation(configuration: string): Promise<void> {
  await using application = await openApplication(await readConfiguration(configuration), {
    access: 'write',
    clock: systemClock,
  });
  await application.inventory.update({ application: 'test', user: 'test' }, (draft) => {
    draft.put('group', { name: 'Ops' as GroupName, level: 'dataset' });
    for (const name of ['T1_A', 'T2_B', 'T3_C'] as SiteName[]) {
      const root = `file://${folder}/${name}`;
      const pfn = { file: [[['/(.*)', `${root}/{0}`]]] } as const;
      const rest = { host: null, storage: 'disk', status: 'ready', verified: true } as const;
      draft.put('site', { name, ...rest, backend: root, pfn, lfn: {} });
    }
    const name = 'Physics' as PartitionName;
    draft.put('partition', { name, condition: 'blockreplica.owner == Ops' });
    for (const site of ['T1_A', 'T2_B', 'T3_C'] as SiteName[]) {
      draft.put('quota', { site, partition: name, bytes: site === 'T1_A' ? 60 : 1000 });
    }
  });
  for (const site of ['T1_A', 'T2_B', 'T3_C']) {
    await mkdir(join(folder, site), { recursive: true });
    if (site === 'T3_C') continue;
    for (const lfn of FILES) {
      await mkdir(dirname(join(folder, site, lfn)), { recursive: true });
      await writeFile(join(folder, site, lfn), '0123456789');
    }
  }
}

function document(): object {
  const files = (letter: string) =>
    FILES.filter((lfn) => lfn.includes(`/${letter}/`)).map((name) => ({ name, size: 10 }));
  const replicas = (dataset: string) =>
    ['T1_A', 'T2_B'].map((site) => ({
      ...{ dataset, site, group: 'Ops' },
      blockreplicas: [{ block: 'one', group: 'Ops' }],
    }));
  return {
    dataset: ['a', 'b'].map((letter) => ({
      name: `/Some/Era-v1/${letter}`,
      status: 'valid',
      blocks: [{ name: 'one', files: files(letter) }],
    })),
    datasetreplica: ['/Some/Era-v1/a', '/Some/Era-v1/b'].flatMap(replicas),
  };
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 40_000; Date.now() < deadline; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it never came to hold: ${what}; the server said ${server?.output()}`);
}

describe('a server at work', () => {
  it('deletes what Detox decided, copies what a request asks for, and finds the disks right', async () => {
    await writeFile(join(folder, 'physics.txt'), POLICY);
    const configuration = await writeConfiguration(folder, 0, CYCLES);
    await makeFederation(configuration);
    server = await startServe(configuration);
    const { ask, child, ended } = server;
    await until('the configured cycle has run, on nothing', async () => {
      const { json } = await ask('/api/health');
      return json.cycles.find(({ name, runs }: CycleHealth) => name.startsWith('detox') && runs > 0);
    });
    expect(await ask('/api/inject', { method: 'POST', body: document() })).toMatchObject({ status: 200 });
    const committed = await ask('/api/detox', { method: 'POST', body: { policy: POLICY, commit: true } });
    expect(committed.json).toMatchObject({ title: 'Detox Physics', dropped: [] });
    const gone = await until('a dataset is gone from T1_A', async () => {
      const left = FILES.filter((lfn) => existsSync(join(folder, 'T1_A', lfn)));
      return left.length <= 2 ? FILES.filter((lfn) => !left.includes(lfn)) : undefined;
    });
    const dataset = `/Some/Era-v1/${gone[0]?.includes('/a/') ? 'a' : 'b'}`;
    const shown = await until('its replica is gone from the inventory', async () => {
      const { json } = await ask(`/api/datasets/${encodeURIComponent(dataset)}`);
      return json.replicas.length === 1 ? json : undefined;
    });
    expect(shown.replicas[0].site).toBe('T2_B');

    const request = { kind: 'copy', datasets: [dataset], sites: ['T3_C'] };
    const made = await ask('/api/requests', { method: 'POST', body: request });
    await until('the request is done', async () => {
      const { json } = await ask(`/api/requests/${made.json.id}`);
      return json.state === 'done' ? json : undefined;
    });
    for (const lfn of gone) expect(existsSync(join(folder, 'T3_C', lfn))).toBe(true);

    await until('a check of each site has found it right', async () => {
      const { cycles } = (await ask('/api/health')).json;
      const checks = cycles.filter(({ name }: { name: string }) => name.startsWith('consistency'));
      const right = checks.every(({ last }: { last: { summary: string } | null }) =>
        last?.summary.startsWith('0 missing, 0 orphans'),
      );
      return right && checks.length === 2 ? true : undefined;
    });
    expect((await ask('/api/operations')).json).toEqual([]);
    expect((await ask('/api/health')).json).toMatchObject({ status: 'ok', faults: [] });
    const planners = (await ask('/api/cycles')).json.map(({ planner }: { planner: string }) => planner);
    expect(new Set(planners)).toEqual(new Set(['detox', 'dealer']));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 90_000);
});
