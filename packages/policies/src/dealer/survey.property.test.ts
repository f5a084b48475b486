import fc from 'fast-check';
import { expect, it } from 'vitest';
import { viewOf } from './fixtures/dealer-world.ts';
import { presenceAt } from './presence.ts';
import { Survey } from './survey.ts';

const SITES = ['T1_A', 'T2_B', 'T3_C'];
const replica = fc.record(
  {
    site: fc.constantFrom(...SITES),
    blocks: fc.subarray(['b1', 'b2']),
    files: fc.subarray([0, 1]),
    operation: fc.constantFrom('copy' as const, 'delete' as const),
  },
  { requiredKeys: ['site'] },
);
const dataset = fc.record({
  blocks: fc.constantFrom({}, { b1: [1] }, { b1: [1, 2], b2: [3] }),
  replicas: fc.uniqueArray(replica, { selector: ({ site }) => site, maxLength: 3 }),
});

it('says of every site what is said of it alone, dataset after dataset', async () => {
  await fc.assert(
    fc.asyncProperty(dataset, dataset, async (a, b) => {
      using view = await viewOf({
        sites: Object.fromEntries(SITES.map((name) => [name, {}])),
        datasets: { '/A/x/y': a, '/B/x/y': b },
      });
      const { tables } = view;
      const survey = new Survey(tables);
      for (const name of ['/A/x/y', '/B/x/y', '/A/x/y']) {
        const row = tables.datasets.find(name);
        survey.see(row);
        for (const siteName of SITES) {
          const site = tables.sites.find(siteName);
          expect(survey.presence(site), `${name} ${siteName}`).toBe(presenceAt(tables, row, null, site, null));
          const blocks = [...(view.dataset(name)?.blocks() ?? [])];
          const held = blocks.some((block) => {
            const found = tables.blockReplicas.find(tables.blocks.find(row, block.name), site);
            return found !== 0xffff_ffff && (tables.blockReplicas.flags.get(found) & 8) === 0;
          });
          expect(survey.hasAnything(site)).toBe(held);
        }
      }
    }),
    { numRuns: 100 },
  );
});
