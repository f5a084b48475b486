import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadState } from '../inventory/load-state.ts';
import { StateView } from '../inventory/state-view.ts';
import type { InventoryRecord } from '../model/records.ts';
import type { Version } from '../seams/commit.ts';
import { generateDump } from './generate-dump.ts';
import { type GeneratorOptions, generateInventory } from './generate-inventory.ts';

const options: GeneratorOptions = { seed: 13, blockReplicas: 20_000 };
const records: readonly InventoryRecord[] = [...generateInventory(options)].flat();

function all<E extends InventoryRecord['entity']>(entity: E): Extract<InventoryRecord, { entity: E }>['record'][] {
  return records.filter((record) => record.entity === entity).map(({ record }) => record as never);
}

async function* batches(): AsyncGenerator<readonly InventoryRecord[]> {
  yield records;
}

const digest = (given: GeneratorOptions): string =>
  [...generateDump(given)].reduce((hash, text) => hash.update(text), createHash('sha256')).digest('hex');

describe('a generated inventory', () => {
  it('is the same for the same seed, for ever', () => {
    expect(digest({ seed: 'golden', blockReplicas: 1000, files: true })).toBe(
      '207c5c561359c7daf568a7960d536a8b2b0b331d20d7badc9faf8cd885ea557a',
    );
    expect(digest({ seed: 'other', blockReplicas: 1000 })).not.toBe(digest({ seed: 'golden', blockReplicas: 1000 }));
  });

  it('has exactly as many block replicas as asked for, and CMS-like numbers of the rest', () => {
    expect(all('blockReplica')).toHaveLength(20_000);
    expect(new Set(all('site').map(({ name }) => name)).size).toBe(63);
    const blocksPerDataset = all('block').length / all('dataset').length;
    expect(blocksPerDataset).toBeGreaterThan(8);
    expect(blocksPerDataset).toBeLessThan(12);
  });

  it('takes the averages that it is given', () => {
    const { length } = [...generateInventory({ ...options, replicasPerDataset: 10 })]
      .flat()
      .filter(({ entity }) => entity === 'block');
    expect(20_000 / length).toBeGreaterThan(7);
    expect(20_000 / length).toBeLessThan(13);
    expect(
      [...generateInventory({ ...options, sites: 80 })].flat().filter(({ entity }) => entity === 'site'),
    ).toHaveLength(80);
  });

  it('has what policies ask for', () => {
    const share = (items: readonly unknown[], of: readonly unknown[]): number => items.length / of.length;
    const replicas = all('blockReplica');
    expect(
      share(
        replicas.filter(({ partial }) => partial !== null),
        replicas,
      ),
    ).toBeGreaterThan(0.005);
    expect(replicas.some(({ custodial }) => custodial)).toBe(true);
    expect(new Set(replicas.map(({ group }) => group)).size).toBeGreaterThan(5);
    const known = new Set(all('dataset').flatMap(({ attributes }) => Object.keys(attributes)));
    expect(known).toContain('usage_rank');
    expect(known).toContain('on_protected_site');
    expect(all('dataset').some(({ status }) => status === 'deprecated')).toBe(true);
    expect(all('lock').length).toBeGreaterThan(0);
    expect(all('site').map(({ status }) => status)).toContain('morgue');
    const tiers = new Set(all('dataset').map(({ name }) => name.split('/')[3]));
    for (const tier of ['RAW', 'RECO', 'MINIAOD', 'GEN-SIM']) expect(tiers).toContain(tier);
  });

  it('loads, and fills a part of the sites above 90 %', async () => {
    const view = new StateView(await loadState(batches()), 1 as Version);
    const disks = [...view.sites()].filter(({ storage }) => storage === 'disk');
    const occupancies = disks.map((site) => site.usage('AnalysisOps').occupancy);
    expect(occupancies.filter((x) => x > 0.9).length).toBeGreaterThan(disks.length / 4);
    expect(occupancies.filter((x) => x < 0.9).length).toBeGreaterThan(disks.length / 8);
  });
});
