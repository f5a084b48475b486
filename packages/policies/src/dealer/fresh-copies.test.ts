import type { BlockName, DatasetName, SiteName } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTHOR, NOW, openWorld, viewOf, type World } from './fixtures/dealer-world.ts';
import { freshCopyRule } from './fresh-copies.ts';

const DAY = 86_400;
const world: World = {
  sites: { T2_A: {}, T2_B: {}, T2_OLD: { status: 'morgue' } },
  datasets: {
    '/A/x/y': { blocks: { b: [1] }, replicas: [{ site: 'T2_A' }, { site: 'T2_B' }, { site: 'T2_OLD' }] },
    '/BAD/x/y': { blocks: { b: [1] }, status: 'invalid', replicas: [{ site: 'T2_A' }] },
  },
};
const replica = (dataset: string, site: string) => ({
  dataset: dataset as DatasetName,
  block: 'b' as BlockName,
  site: site as SiteName,
});

describe('freshCopyRule', () => {
  it('leaves copies alone for exactly as long as it says', async () => {
    using view = await viewOf(world);
    fc.assert(
      fc.property(fc.nat(30 * DAY), fc.nat(60 * DAY), (seconds, age) => {
        const verdict = freshCopyRule({ seconds }).judge(view, replica('/A/x/y', 'T2_A'), NOW + age);
        expect(verdict === null).toBe(age >= seconds);
      }),
    );
  });

  it('exempts data that turned out to be wrong, and sites that are being emptied', async () => {
    using view = await viewOf(world);
    const rule = freshCopyRule({ seconds: DAY });
    expect(rule.judge(view, replica('/A/x/y', 'T2_B'), NOW + 1)).toBe(
      `it came only lately, and is left alone for ${DAY - 1} more seconds`,
    );
    expect(rule.judge(view, replica('/A/x/y', 'T2_OLD'), NOW)).toBeNull();
    expect(rule.judge(view, replica('/BAD/x/y', 'T2_A'), NOW)).toBeNull();
    expect(rule.judge(view, replica('/A/x/y', 'T9'), NOW)).toBeNull();
  });

  it('is held by the commit, whoever wants the deletion', async () => {
    const { inventory } = await openWorld(world, { guardRules: [freshCopyRule({ seconds: DAY })] });
    const deletion = inventory.update(AUTHOR, (draft) =>
      draft.delete('datasetReplica', '/A/x/y\tT2_B', { source: 'detox', text: 'full' }),
    );
    await expect(deletion).rejects.toThrow('fresh-copy');
    expect(inventory.view().dataset('/A/x/y')?.replica('T2_B')?.isFull).toBe(true);
  });
});
