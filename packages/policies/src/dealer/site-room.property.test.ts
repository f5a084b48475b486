import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_DEALER_CONFIGURATION } from './dealer-configuration.ts';
import { NOW, viewOf } from './fixtures/dealer-world.ts';
import { forecastPartitions } from './partition-forecast.ts';
import { SiteRoom } from './site-room.ts';

const SITES = ['T1_A', 'T2_B', 'T3_C'];
const GROUPS = [null, 'AnalysisOps', 'DataOps'];
const DATASETS = ['/A/x/y', '/B/x/y'];

const quotas = fc.tuple(...SITES.map(() => fc.constantFrom(-1, 0, 10, 100, 333)));
const load = fc.record({
  dataset: fc.constantFrom(...DATASETS),
  group: fc.constantFrom(...GROUPS),
  site: fc.constantFrom(...SITES),
  bytes: fc.nat(120),
});

it('the short way of judging what is new says what the long one says, after any charges', async () => {
  await fc.assert(
    fc.asyncProperty(
      quotas,
      fc.array(load, { maxLength: 12 }),
      fc.constantFrom(null, 'Physics', 'Own', 'Union'),
      fc.constantFrom(0.33, 0.9, 1),
      async (bytes, loads, partition, limit) => {
        using view = await viewOf({
          groups: ['AnalysisOps', 'DataOps'],
          partitions: {
            Physics: 'site.storage_type == DISK',
            Own: 'blockreplica.owner == AnalysisOps and dataset.name == /A/*',
            Named: 'blockreplica.owner != None',
          },
          unions: { Union: ['Own', 'Named'] },
          sites: Object.fromEntries(SITES.map((name, i) => [name, { quota: Math.max(bytes[i] ?? 0, 0) }])),
          datasets: {
            '/A/x/y': { blocks: { b: [5] }, replicas: [{ site: 'T1_A' }] },
            '/B/x/y': { blocks: { b: [7] } },
          },
        });
        const { tables } = view;
        const configuration = { ...DEFAULT_DEALER_CONFIGURATION, partition, targetSiteOccupancy: limit };
        const room = new SiteRoom(tables, forecastPartitions(tables, NOW), configuration);
        const long = room.emptyLoad();
        for (const { dataset, group, site, bytes: size } of loads) {
          const about = [
            tables.datasets.find(dataset),
            group === null ? 0 : tables.groups.find(group),
            tables.sites.find(site),
          ] as const;
          room.loadOfNew(long, ...about, size);
          const refusal = room.judge(about[2], long);
          expect(room.judgeNew(...about, size)).toBe(refusal?.reason ?? null);
          if (refusal !== null) continue;
          expect(room.freeForNew(...about)).toBe(room.free(about[2], long));
          room.charge(about[2], long);
        }
      },
    ),
    { numRuns: 200 },
  );
});
