import { expect, it } from 'vitest';
import type { Change } from '../change-set/change-set.ts';
import { InventoryState } from './inventory-state.ts';

const rest = { dataType: null, softwareVersion: null, lastUpdate: 1, isOpen: false, attributes: {} };
const dataset = { name: '/a/b/C', status: 'valid', ...rest };
const place = { host: null, storage: 'disk', status: 'ready', backend: null, verified: true, pfn: {}, lfn: {} };
const block = { dataset: '/a/b/C', name: 'b', size: 1, files: 1, isOpen: false, lastUpdate: 1 };
const replica = { dataset: '/a/b/C', block: 'b', site: 'A', group: null, custodial: false, lastUpdate: 1 };
const records: readonly (readonly [string, string, object])[] = [
  ['site', 'A', { name: 'A', ...place }],
  ['dataset', '/a/b/C', dataset],
  ['block', '/a/b/C\tb', block],
  ['datasetReplica', '/a/b/C\tA', { dataset: '/a/b/C', site: 'A', group: null, growing: false }],
  ['blockReplica', '/a/b/C\tb\tA', { ...replica, operation: 'none', partial: null }],
];

it('what was just looked up and removed is not found any more, and comes back as something new', () => {
  const state = InventoryState.empty();
  const changes = records.map(([entity, key, after]) => ({ entity, key, before: null, after }) as unknown as Change);
  for (let round = 0; round < 2; round++) {
    for (const change of changes) state.put(change);
    for (const { entity, key, after } of changes) expect(state.get(entity, key)).toEqual(after);
    expect([state.datasets.live, state.blocks.live, state.blockReplicas.live]).toEqual([1, 1, 1]);
    for (const { entity, key, after } of changes.toReversed()) {
      state.remove({ entity, key, before: after, after: null } as Change);
      expect([entity, state.get(entity, key)]).toEqual([entity, null]);
    }
    expect([state.datasets.live, state.blocks.live, state.blockReplicas.live]).toEqual([0, 0, 0]);
  }
});
