/** How much the history of a Detox cycle takes in the store. */
import { deflateSync, zstdCompressSync } from 'node:zlib';
import { createRandomSource, type InventoryView } from '@dynamo/core';
import { GENERATOR_NOW } from '@dynamo/core/testing';
import { type DetoxOptions, detoxPlan, listDecisions, planDetox } from '@dynamo/policies';
import type { BenchRow } from './bench-row.ts';

/** As the store keeps it; producers supply two variables, of which one is as hard to pack as values can be. */
export function measureHistory(
  view: InventoryView,
  options: DetoxOptions,
  row: (name: string, value: number, more: Partial<BenchRow>) => void,
): void {
  const random = createRandomSource('attributes');
  const [lastAccess, usageRank] = [new Map<string, number>(), new Map<string, number>()];
  for (const { name } of view.datasets()) {
    lastAccess.set(name, GENERATOR_NOW - 86_400 * random.nextInt(500));
    usageRank.set(name, random.nextInt(1_000_000) / 7);
  }
  const attributes = new Map([
    ['dataset.last_access', lastAccess],
    ['dataset.usage_rank', usageRank],
  ]);
  const result = planDetox(view, { ...options, attributes });
  const { contents = {}, document } = detoxPlan(result);
  const decisions = [...listDecisions(result)].length;
  const sizes = Object.entries(contents).map(([name, bytes]): [string, number] => [
    name,
    zstdCompressSync(bytes).length,
  ]);
  sizes.push(['the rest', deflateSync(document, { level: 1 }).length]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  row(`  history of the cycle, by decision`, total / decisions, {
    unit: 'B',
    note: `${decisions} decisions, ${(total / 1e6).toFixed(2)} MB: ${sizes.map(([name, size]) => `${name} ${(size / 1e6).toFixed(2)}`).join(', ')}`,
  });
}
