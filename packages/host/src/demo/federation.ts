/** The demo's federation as a value: what there is at the start, where, and how large. The same seed, the same value. */
import { createRandomSource, type RandomSource } from '@dynamo/core';
import { adler32, formatAdler32 } from '@dynamo/fileops';
import { fileContent } from './file-content.ts';
import {
  CAMPAIGNS,
  DEMO_GROUPS,
  DEMO_PARTITIONS,
  DEMO_SITES,
  type DemoPartition,
  type DemoSite,
  PRIMARY_NAMES,
  TIERS,
} from './vocabulary.ts';

export interface FederationFile {
  readonly lfn: string;
  readonly size: number;
  readonly adler32: string;
}

export interface FederationBlock {
  readonly name: string;
  readonly lastUpdate: number;
  readonly files: readonly FederationFile[];
}

export interface FederationDataset {
  readonly name: string;
  readonly status: 'valid' | 'invalid';
  readonly lastUpdate: number;
  readonly partition: DemoPartition;
  readonly size: number;
  readonly blocks: readonly FederationBlock[];
  /** The sites that have all of it. */
  readonly sites: readonly string[];
  readonly attributes: { readonly usage_rank: number; readonly num_access: number };
}

export interface Federation {
  readonly seed: number;
  /** Seconds since 1970: the ages of everything are counted back from here. */
  readonly now: number;
  readonly sites: readonly DemoSite[];
  readonly datasets: readonly FederationDataset[];
  /** Bytes, by site and partition. */
  readonly quotas: readonly { readonly site: string; readonly partition: DemoPartition; readonly bytes: number }[];
}

const DAY_SECONDS = 86_400;
const MIN_FILE_BYTES = 600;
const MAX_FILE_BYTES = 3600;

export function makeFederation(seed: number, now: number): Federation {
  const random = createRandomSource(seed);
  const datasets: FederationDataset[] = [];
  for (const campaign of CAMPAIGNS) {
    for (const primary of PRIMARY_NAMES) {
      for (const tier of TIERS) {
        const name = `/${primary}/${campaign}-v1/${tier.name}`;
        datasets.push(makeDataset(name, tier.partition, { seed, now, random: random.split(name) }));
      }
    }
  }
  return { seed, now, sites: DEMO_SITES, datasets, quotas: quotasFor(datasets) };
}

interface Circumstances {
  readonly seed: number;
  readonly now: number;
  readonly random: RandomSource;
}

function makeDataset(name: string, partition: DemoPartition, { seed, now, random }: Circumstances): FederationDataset {
  const ageDays = 5 + random.nextInt(700);
  const lastUpdate = now - ageDays * DAY_SECONDS;
  const blocks: FederationBlock[] = [];
  // No more directories than files need: the demo walks through all of them several times.
  const directory = `/store/${name.replace(/^\/([^/]+)\/([^/]+)-v1\/([^/]+)$/, '$2/$1/$3')}`;
  const blockCount = 1 + random.nextInt(3);
  for (let block = 0; block < blockCount; block += 1) {
    const files: FederationFile[] = [];
    const fileCount = 3 + random.nextInt(3);
    for (let file = 0; file < fileCount; file += 1) {
      const lfn = `${directory}/${String(block).padStart(4, '0')}-${hexadecimal(random, 2)}.root`;
      const size = MIN_FILE_BYTES + random.nextInt(MAX_FILE_BYTES - MIN_FILE_BYTES);
      files.push({ lfn, size, adler32: formatAdler32(adler32(fileContent(seed, lfn, size))) });
    }
    blocks.push({ name: uuid(random), lastUpdate: lastUpdate - block * DAY_SECONDS, files });
  }
  return {
    name,
    status: random.nextInt(40) === 0 ? 'invalid' : 'valid',
    lastUpdate,
    partition,
    size: blocks.reduce((sum, block) => sum + block.files.reduce((bytes, file) => bytes + file.size, 0), 0),
    blocks,
    sites: placement(random),
    attributes: { usage_rank: random.nextInt(300), num_access: ageDays > 300 ? 0 : random.nextInt(50) },
  };
}

/** One to three disk sites, and tape for about half. The only disk copy of some is at the site that is given up. */
function placement(random: RandomSource): readonly string[] {
  const chosen = new Set<string>();
  const copies = [1, 2, 2, 2, 3][random.nextInt(5)] as number;
  while (chosen.size < copies) chosen.add(pickDiskSite(random));
  if (random.nextInt(2) === 0) chosen.add('T1_CH_North_Tape');
  return [...chosen].sort();
}

function pickDiskSite(random: RandomSource): string {
  const total = DEMO_SITES.reduce((sum, site) => sum + site.weight, 0);
  let drawn = random.nextInt(total);
  for (const site of DEMO_SITES) {
    drawn -= site.weight;
    if (drawn < 0) return site.name;
  }
  throw new RangeError('the weights do not add up');
}

function quotasFor(datasets: readonly FederationDataset[]): Federation['quotas'] {
  return DEMO_SITES.flatMap((site) =>
    DEMO_PARTITIONS.map((partition) => {
      const held = datasets
        .filter((dataset) => dataset.partition === partition && dataset.sites.includes(site.name))
        .reduce((sum, dataset) => sum + dataset.size, 0);
      return { site: site.name, partition, bytes: Math.round(held / site.fill[partition]) };
    }),
  );
}

function uuid(random: RandomSource): string {
  return [2, 1, 1, 1, 3].map((words) => hexadecimal(random, words)).join('-');
}

/** `words` times four hexadecimal digits. */
function hexadecimal(random: RandomSource, words: number): string {
  let text = '';
  for (let i = 0; i < words; i += 1) text += random.nextInt(0x10000).toString(16).padStart(4, '0');
  return text;
}

/** The group that owns the replicas of a dataset. */
export function ownerOf(dataset: FederationDataset): string {
  return DEMO_GROUPS[dataset.partition];
}
