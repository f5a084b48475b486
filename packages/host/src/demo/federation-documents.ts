/** The federation in the formats in which the outside world would hand it in. */
import type { PartitionRecord } from '@dynamo/core';
import { type Federation, ownerOf } from './federation.ts';
import { DEMO_GROUPS } from './vocabulary.ts';

/** Groups, sites, partitions and quotas, as an inventory dump: what an administrator sets up once. */
export function baselineDump(federation: Federation, partitions: readonly PartitionRecord[], sites: string): string {
  const lines: unknown[] = [
    { type: 'dump', format: 1, version: 1 },
    ...Object.values(DEMO_GROUPS).map((name) => ({ type: 'group', name, level: 'dataset' })),
    // Without a mapping of its own a site has its files under the backend, by their logical names.
    ...federation.sites.map(({ name, storage, status }) => {
      return { type: 'site', name, host: 'localhost', storage, status, backend: `file://${sites}/${name}` };
    }),
    ...partitions.map((record) => ({ type: 'partition', ...record })),
    ...federation.quotas.map((quota) => ({ type: 'quota', ...quota })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Datasets with their files, and who has them, as an injection document. */
export function injectionDocument(federation: Federation): unknown {
  return {
    dataset: federation.datasets.map(({ name, status, lastUpdate, blocks }) => ({
      name,
      status,
      data_type: 'mc',
      software_version: '14_0_9',
      is_open: false,
      last_update: lastUpdate,
      blocks: blocks.map((block) => ({
        name: block.name,
        is_open: false,
        last_update: block.lastUpdate,
        files: block.files.map((file) => ({ name: file.lfn, size: file.size, adler32: file.adler32 })),
      })),
    })),
    datasetreplica: federation.datasets.flatMap((dataset) =>
      dataset.sites.map((site) => ({
        dataset: dataset.name,
        site,
        group: ownerOf(dataset),
        growing: false,
        blockreplicas: dataset.blocks.map((block) => ({
          block: block.name,
          group: ownerOf(dataset),
          last_update: block.lastUpdate,
        })),
      })),
    ),
  };
}

/** What a producer supplies: how the datasets are used. */
export function attributeDocument({ datasets }: Federation): unknown {
  const column = (name: 'usage_rank' | 'num_access'): Record<string, number> =>
    Object.fromEntries(datasets.map((dataset) => [dataset.name, dataset.attributes[name]]));
  return { 'dataset.usage_rank': column('usage_rank'), 'replica.num_access': column('num_access') };
}
