import type { InventoryTables, InventoryView } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../policy/check-policy.ts';
import { small } from '../testing-fixtures/small-federation.ts';
import { viewOf } from '../testing-fixtures/view-of.ts';
import { detoxNotes, readDetoxNotes } from './detox-notes.ts';
import { findSuspiciousSites, type SuspicionOptions } from './find-suspicious-sites.ts';
import { planDetox } from './plan-detox.ts';

const BOTH: SuspicionOptions = { replicasLost: 0.5, occupancyJump: 0.5 };

/** So many blocks of 10 bytes, each at A and at B. */
function federation(blocks: number): Promise<InventoryView> {
  const data = { '/A': Object.fromEntries(Array.from({ length: blocks }, (_, i) => [`b${i}`, 'A B'])) };
  return viewOf(small({ sites: { A: { quota: 1000 }, B: { quota: 100 } }, data }));
}

function find(tables: InventoryTables, before: Parameters<typeof findSuspiciousSites>[2], options = BOTH): string[] {
  return [...findSuspiciousSites(tables, 'P', before, options)].map(([site, why]) => `${site}: ${why}`);
}

describe('findSuspiciousSites', () => {
  it('finds sites that lost half of their replicas, or whose occupancy jumped', async () => {
    using view = await federation(20);
    expect(find(view.tables, {})).toEqual([]);
    expect(find(view.tables, { A: { bytes: 200, replicas: 20 }, B: { bytes: 200, replicas: 20 } })).toEqual([]);
    expect(find(view.tables, { A: { bytes: 200, replicas: 41 }, B: { bytes: 200, replicas: 40 } })).toEqual([
      'A: it has 20 block replicas, and had 41 after the last cycle',
    ]);
    expect(find(view.tables, { A: { bytes: 200, replicas: 20 }, B: { bytes: 149, replicas: 20 } })).toEqual([
      'B: what it holds has changed by 51 % of its quota since the last cycle',
    ]);
    const off = { replicasLost: null, occupancyJump: null };
    expect(find(view.tables, { A: { bytes: 0, replicas: 99 } }, off)).toEqual([]);
    expect(find(view.tables, { Gone: { bytes: 0, replicas: 99 } })).toEqual([]);
    expect(find(view.tables, { A: { bytes: 9e9, replicas: 9 } })).toEqual([]);
  });

  it('knows what a cycle left, from its notes', async () => {
    using view = await federation(20);
    const text = 'Partition P\nOn site.name == B\nWhen always\nUntil site.occupancy < 0.6\nDismiss\nOrder none\n';
    const policy = readPolicy(text, { file: 'p', nowSeconds: 1_767_225_600 });
    if (!policy.ok) throw new Error('the policy is wrong');
    const result = planDetox(view, { policy: policy.value, now: 1_767_225_600 });
    const notes = readDetoxNotes(JSON.parse(JSON.stringify(detoxNotes(result))) as never);
    // A dataset replica goes as a whole.
    expect(notes).toEqual({ supplied: [], sites: { B: { bytes: 0, replicas: 0 } } });
    expect(readDetoxNotes({ supplied: 7, sites: { A: 'x' } })).toEqual({ supplied: [], sites: {} });
  });
});
