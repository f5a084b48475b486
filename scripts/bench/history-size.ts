/** How much the record of a Detox cycle takes in the store, how much the next one adds, and how long they take. */
import { constants, deflateSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import {
  type BlockName,
  contentDigest,
  createRandomSource,
  type DatasetName,
  type Inventory,
  type Plan,
} from '@dynamo/core';
import { GENERATOR_NOW } from '@dynamo/core/testing';
import {
  blockNamesIn,
  type CycleContents,
  cycleInputs,
  type DetoxOptions,
  type DetoxResult,
  detoxPlan,
  planDetox,
  type RecordBase,
  unpackedDecisions,
} from '@dynamo/policies';
import { BENCH_AUTHOR, type BenchRow, medianMs } from './bench-row.ts';

/** As the store does (`putContent`). */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 9 } };

/** New from one cycle to the next: datasets, of those that there are, and values of the producers. */
const NEW_DATASETS = 0.001;
const NEW_VALUES = 0.01;

type Row = (name: string, value: number, more?: Partial<BenchRow>) => void;

/**
 * A producer supplies a variable with values that are as hard to pack as they can be. The first cycle is carried out; before
 * the next one there are new datasets, and new values. `inventory` is changed.
 */
export async function measureHistory(inventory: Inventory, options: DetoxOptions, row: Row): Promise<void> {
  const random = createRandomSource('attributes');
  const rank = (): number => random.nextInt(1_000_000) / 7;
  const ranks = new Map<string, number>();
  let first: Plan;
  {
    using view = inventory.view();
    for (const { name } of view.datasets()) ranks.set(name, rank());
    const result = planDetox(view, { ...options, attributes: new Map([['dataset.usage_rank', ranks]]) });
    first = detoxPlan(result);
    const { contents } = cycleInputs(result);
    const decisions = [...unpackedDecisions(contents).decisions()].length;
    sizes(row, 'history of a cycle', { decisions, parts: [...packed(contents), ['the rest', restOf(first)]] });
    await times(row, result, contents);
  }
  await inventory.carryOut({ ...first, notCommittable: [] }, BENCH_AUTHOR);
  await addDatasets(inventory, Math.ceil(ranks.size * NEW_DATASETS));
  for (const name of ranks.keys()) if (random.nextFloat() < NEW_VALUES) ranks.set(name, rank());
  using view = inventory.view();
  const result = planDetox(view, { ...options, attributes: new Map([['dataset.usage_rank', ranks]]) });
  const second = detoxPlan(result, { recordBase: first.contents as RecordBase });
  const contents = second.contents as CycleContents;
  const decisions = [...unpackedDecisions(contents).decisions()].length;
  // What is the same is there already.
  const known = new Set(Object.values(first.contents ?? {}).map(contentDigest));
  const fresh = Object.entries(contents).filter(([, bytes]) => !known.has(contentDigest(bytes)));
  const parts = packed(Object.fromEntries(fresh));
  sizes(row, 'added by the next cycle', { decisions, parts: [...parts, ['the rest', restOf(second)]] });
}

function packed(contents: Readonly<Record<string, Uint8Array>>): [string, number][] {
  return Object.entries(contents).map(([name, bytes]) => [name, zstdCompressSync(bytes, LEVEL).length]);
}

function restOf({ document, inputs, notes }: Plan): number {
  return deflateSync(`{"plan":${document},${JSON.stringify({ inputs, notes }).slice(1)}`, { level: 1 }).length;
}

function sizes(
  row: Row,
  name: string,
  { decisions, parts }: { readonly decisions: number; readonly parts: readonly (readonly [string, number])[] },
): void {
  const mega = (bytes: number): string => (bytes / 1e6).toFixed(2);
  const total = parts.reduce((sum, [, size]) => sum + size, 0);
  row(`  ${name}, by decision`, total / decisions, {
    unit: 'B',
    note: `${decisions} decisions, ${mega(total)} MB: ${parts.map(([part, size]) => `${part} ${mega(size)}`).join(', ')}`,
  });
}

async function times(row: Row, result: DetoxResult, contents: CycleContents): Promise<void> {
  const { view } = result.run;
  const stored = Object.values(contents).map((bytes) => zstdCompressSync(bytes, LEVEL));
  const pack = await medianMs(1, () => packed(cycleInputs(result).contents));
  row('  packing what the history keeps', pack);
  row('  packing it beside an earlier cycle', await medianMs(1, () => packed(cycleInputs(result, contents).contents)));
  const unpack = await medianMs(1, () => {
    for (const bytes of stored) zstdDecompressSync(bytes);
    let count = 0;
    for (const _ of unpackedDecisions(contents, blockNamesIn(view)).decisions()) count += 1;
    return count;
  });
  row('  unpacking all decisions', unpack);
  const dataset = result.run.image.arrays.datasetName.at(-1) ?? '';
  const one = await medianMs(1, () => {
    for (const bytes of stored) zstdDecompressSync(bytes);
    return [...unpackedDecisions(contents, blockNamesIn(view)).decisions({ dataset })];
  });
  row('  unpacking those of one dataset', one);
}

/** Each with a block at a site. */
async function addDatasets(inventory: Inventory, count: number): Promise<void> {
  await inventory.update(BENCH_AUTHOR, (draft) => {
    const site = [...draft.sites()].find(({ storage }) => storage === 'disk')?.name;
    const group = [...draft.groups()][0]?.name ?? null;
    if (site === undefined) return;
    for (let i = 0; i < count; i++) {
      const dataset = `/New${i}/Run2026A-v1/AOD` as DatasetName;
      const lastUpdate = GENERATOR_NOW;
      const described = { status: 'valid', dataType: null, softwareVersion: null, isOpen: false } as const;
      draft.put('dataset', { name: dataset, ...described, lastUpdate, attributes: {} });
      const block = `b${i}` as BlockName;
      draft.put('block', { dataset, name: block, size: 1_000_000 + i, files: 1, isOpen: false, lastUpdate });
      draft.put('datasetReplica', { dataset, site, group, growing: false });
      const state = { custodial: false, lastUpdate, operation: 'none', partial: null } as const;
      draft.put('blockReplica', { dataset, block, site, group, ...state });
    }
  });
}
