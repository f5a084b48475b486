// The policies in TypeScript that one may start from are sound, and decide what they say.
import { join } from 'node:path';
import { dumpFile, Inventory, memoryStore, readDump } from '@dynamo/core';
import { definePolicy, findPolicyWarnings, listDecisions, type PolicyModule, planDetox } from '@dynamo/policies';
import { describe, expect, it } from 'vitest';
import { policy as diskCache } from './disk-cache.ts';
import { policy as tapeFirst } from './tape-first.ts';
import { policy as worthKeeping } from './worth-keeping.ts';

const NOW = 1_767_225_600;

/** What becomes of each replica, by the text of the line that decided. */
async function decisionsOf(module: PolicyModule): Promise<Record<string, string>> {
  const policy = definePolicy(module, { nowSeconds: NOW });
  expect(findPolicyWarnings(policy)).toEqual([]);
  await using store = memoryStore();
  const dump = await readDump(dumpFile(join(import.meta.dirname, '..', 'federation.ndjson')));
  await store.inventory.baseline(dump.head, dump.records);
  const inventory = await Inventory.open(store.inventory);
  using view = inventory.view();
  const textOf = (by: { line: number } | { rule: string }): string => {
    if ('rule' in by) return by.rule;
    return by.line === 0 ? policy.defaultText : (policy.lines[by.line - 1]?.text ?? '');
  };
  const decisions = [...listDecisions(planDetox(view, { policy, now: NOW }))];
  return Object.fromEntries(
    decisions.map(({ dataset, site, decision, by }) => [
      `${dataset.split('/')[1]} at ${site}`,
      `${decision}: ${textOf(by)}`,
    ]),
  );
}

describe('policies/disk-cache.ts', () => {
  it('deletes what was not read for longest, at the site that is full', async () => {
    expect(await decisionsOf(diskCache)).toEqual({
      'Electrons at T2_DE_DESY': 'delete: Dismiss',
      'Electrons at T2_US_MIT': 'protect: last-copy',
      'Muons at T2_DE_DESY': 'protect: last-copy',
      'Photons at T2_DE_DESY': 'keep: Dismiss',
      'Photons at T2_US_MIT': 'keep: Dismiss',
    });
  });
});

describe('policies/tape-first.ts', () => {
  it('keeps on disk what is not on tape', async () => {
    const decisions = await decisionsOf(tapeFirst);
    expect(new Set(Object.values(decisions))).toEqual(
      new Set(['protect: last-copy', 'protect: ProtectBlock dataset.on_tape != FULL and not blockreplica.on_tape']),
    );
  });
});

describe('policies/worth-keeping.ts', () => {
  it('weighs size against use', async () => {
    expect(await decisionsOf(worthKeeping)).toEqual({
      'Electrons at T2_DE_DESY': 'keep: Dismiss',
      'Electrons at T2_US_MIT': 'keep: Dismiss',
      'Muons at T2_DE_DESY': 'protect: last-copy',
      'Photons at T2_DE_DESY': 'delete: Dismiss',
      'Photons at T2_US_MIT': 'protect: last-copy',
    });
  });
});
