import {
  type BlockName,
  type DatasetName,
  Inventory,
  isDynamoError,
  memoryStore,
  type SiteName,
  type Store,
} from '@dynamo/core';
import { createManualClock } from '@dynamo/core/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { GuardConfiguration } from '../configuration/configuration.ts';
import { defaultConfiguration } from '../configuration/read-configuration.ts';
import { datasetName } from '../rest/fixtures/rest-fixture.ts';
import { hostGuard } from './guard.ts';

const START = 1_767_225_600;
const DAY = 86_400;
const author = { application: 'test', user: 'test' };

let store: Store;
let clock: ReturnType<typeof createManualClock>;

/** Ten datasets of one block each, of 1000 to 1009 bytes, at T1_A and T2_B. */
beforeEach(async () => {
  store = memoryStore();
  clock = createManualClock({ startSeconds: START });
  const inventory = await Inventory.open(store.inventory, { clock });
  await seed(inventory, 10);
});

async function open(guard: Partial<GuardConfiguration>): Promise<Inventory> {
  const host = hostGuard({ ...defaultConfiguration('/nowhere').guard, ...guard }, store.inventory);
  const inventory = await Inventory.open(store.inventory, {
    ...{ clock, guardRules: host.rules, deletionLimits: host.limits },
  });
  return inventory;
}

async function remove(inventory: Inventory, ...numbers: readonly number[]): Promise<string> {
  try {
    await inventory.update(author, (draft) => {
      for (const number of numbers) {
        const block = `block-${number}` as BlockName;
        const key = draft.record('blockReplica', [datasetName(number), block, 'T1_A'].join('\t'));
        if (key === null) throw new Error(`no block ${block}`);
        draft.delete('blockReplica', [key.dataset, key.block, key.site].join('\t'), { source: 'test', text: 'test' });
      }
    });
    return 'done';
  } catch (error) {
    expect(isDynamoError(error, 'refused')).toBe(true);
    return (error as Error).message;
  }
}

describe('the guard of the configuration', () => {
  it('refuses a commit as a whole that would delete too much at a site, or at once', async () => {
    const inventory = await open({ site: { bytes: 2001, replicas: null, fraction: null } });
    expect(await remove(inventory, 0, 1, 2)).toMatch(
      /more than 2001 bytes would go at T1_A in one cycle \(site-volume\)/,
    );
    expect(await remove(inventory, 0, 1)).toBe('done');
    const strict = await open({ cycle: { bytes: null, replicas: 1 } });
    expect(await remove(strict, 2, 3)).toMatch(/more than 1 block replicas would go in one cycle \(cycle-volume\)/);
  });

  it('counts a day, over commits and restarts, and forgets what is older', async () => {
    const day = { bytes: 2500, fraction: null };
    const inventory = await open({ day });
    expect(await remove(inventory, 0)).toBe('done');
    await clock.advance((DAY / 2) * 1000);
    expect(await remove(inventory, 1)).toBe('done');
    expect(await remove(inventory, 2)).toMatch(/more than the 499 bytes that are left of the day would go/);
    const restarted = await open({ day });
    expect(await remove(restarted, 2)).toMatch(/499 bytes that are left/);
    await clock.advance((DAY / 2 + 10) * 1000);
    expect(await remove(restarted, 2)).toBe('done');
    expect(await remove(await open({ day }), 3)).toMatch(/more than the 497 bytes/);
  });

  it('takes a fraction of the federation for a day', async () => {
    const inventory = await open({ day: { bytes: null, fraction: 0.051 } });
    expect(await remove(inventory, 0)).toBe('done');
    expect(await remove(inventory, 1)).toMatch(/left of the day/);
  });

  it('leaves copies alone that came only lately', async () => {
    const inventory = await open({ minimumAgeSeconds: START - 1_700_000_000 + 60 });
    expect(await remove(inventory, 0)).toMatch(/it came only lately, and is left alone for 60 more seconds/);
    await clock.advance(60_000);
    expect(await remove(inventory, 0)).toBe('done');
  });
});

async function seed(inventory: Inventory, datasets: number): Promise<void> {
  await inventory.update(author, (draft) => {
    draft.put('group', { name: 'AnalysisOps' as never, level: 'dataset' });
    for (const name of ['T1_A', 'T2_B'] as SiteName[]) {
      const rest = { host: null, storage: 'disk', status: 'ready', backend: null, verified: true } as const;
      draft.put('site', { name, ...rest, pfn: {}, lfn: {} });
    }
    for (let i = 0; i < datasets; i += 1) {
      const dataset = datasetName(i) as DatasetName;
      const block = `block-${i}` as BlockName;
      draft.put('dataset', {
        ...{ name: dataset, status: 'valid', dataType: null, softwareVersion: null, lastUpdate: 1_700_000_000 },
        ...{ isOpen: false, attributes: {} },
      });
      draft.put('block', { dataset, name: block, size: 1000 + i, files: 2, isOpen: false, lastUpdate: 1_700_000_000 });
      for (const site of ['T1_A', 'T2_B'] as SiteName[]) {
        draft.put('datasetReplica', { dataset, site, group: null, growing: false });
        draft.put('blockReplica', {
          ...{ dataset, block, site, group: null, custodial: false, lastUpdate: 1_700_000_000 },
          ...{ operation: 'none', partial: null },
        });
      }
    }
  });
}
