import { describe, expect, it } from 'vitest';
import { makeFederation, ownerOf } from './federation.ts';

const NOW = 1_767_225_600;

describe('the federation of the demo', () => {
  const federation = makeFederation(1, NOW);

  it('is the same for the same seed, and another for another', () => {
    expect(makeFederation(1, NOW)).toEqual(federation);
    expect(makeFederation(2, NOW).datasets).not.toEqual(federation.datasets);
  });

  it('is as large as promised: five sites, two partitions, hundreds of datasets, two thousand files', () => {
    const files = federation.datasets.flatMap(({ blocks }) => blocks.flatMap((block) => block.files));
    expect(federation.sites.filter(({ storage }) => storage === 'disk').length).toBeGreaterThanOrEqual(5);
    expect(new Set(federation.datasets.map(ownerOf)).size).toBe(2);
    expect(federation.datasets.length).toBeGreaterThanOrEqual(200);
    expect(files.length).toBeGreaterThanOrEqual(2000);
    expect(new Set(files.map(({ lfn }) => lfn)).size).toBe(files.length);
  });

  it('has two sites over their high watermark and one in the morgue', () => {
    const occupancies = federation.quotas.map(({ site, partition, bytes }) => {
      const held = federation.datasets.filter((d) => d.partition === partition && d.sites.includes(site));
      return { site, occupancy: held.reduce((sum, { size }) => sum + size, 0) / bytes };
    });
    expect(occupancies.filter(({ occupancy }) => occupancy > 0.9).map(({ site }) => site)).toEqual([
      'T1_CH_North_Disk',
      'T2_DE_Alster',
    ]);
    expect(federation.sites.filter(({ status }) => status === 'morgue')).toHaveLength(1);
  });
});
