/** The Dealer: one cycle with every plug-in over an inventory like that of CMS. */
import { type AttributeColumn, createRandomSource, Inventory, type RequestRecord } from '@dynamo/core';
import { GENERATOR_NOW } from '@dynamo/core/testing';
import { type DealerInputs, dealerPlan, parseDealerConfiguration, planDealer, type UserRule } from '@dynamo/policies';
import type { BenchOptions, BenchRow, BenchSuite } from './bench-row.ts';
import { medianMs } from './bench-row.ts';
import { generatedStore } from './generated-inventory.ts';

export const dealerSuite: BenchSuite = { name: 'dealer', run };

const TARGET_MS_PER_MILLION = 5000;
/** Few blocks, so that a million datasets fit: what the cycle costs is mostly by dataset. */
const BLOCKS_PER_DATASET = 3;

async function run({ size, quick }: BenchOptions, report: (row: BenchRow) => void): Promise<void> {
  const row = (name: string, value: number, unit: string, target: number | null, note = ''): void =>
    report({ suite: 'dealer', name, value, unit, target, better: 'less', naiveRatio: null, note });
  const options = { seed: 'dealer', blockReplicas: size, blocksPerDataset: BLOCKS_PER_DATASET };
  const inventory = await Inventory.open(generatedStore(options));
  using view = inventory.view();
  const { datasets } = view.tables;
  const names = Array.from({ length: datasets.rows }, (_, i) => datasets.name.get(i) ?? '');
  const inputs = inputsFor(names);
  const millions = datasets.rows / 1e6;
  const runs = quick ? 1 : 3;
  const result = planDealer(view, inputs);
  const proposed = result.plugins.reduce((sum, each) => sum + each.proposed, 0);
  const note = `${datasets.rows} datasets, ${proposed} proposals, ${result.taken.length} taken`;
  const ms = await medianMs(runs, () => planDealer(view, inputs));
  row('a cycle, all plug-ins, for 1M datasets', ms / millions, 'ms', TARGET_MS_PER_MILLION, note);
  for (const plugin of inputs.configuration?.plugins ?? []) {
    const configuration = { ...(inputs.configuration as NonNullable<typeof inputs.configuration>), plugins: [plugin] };
    const alone = await medianMs(runs, () => planDealer(view, { ...inputs, configuration }));
    const { proposed: own = 0 } = result.plugins.find((each) => each.plugin === plugin.plugin) ?? {};
    row(`  ${plugin.plugin} alone, for 1M datasets`, alone / millions, 'ms', null, `${own} proposals`);
  }
  row('the plan as a document', await medianMs(runs, () => dealerPlan(result)), 'ms', null);
}

function inputsFor(names: readonly string[]): DealerInputs {
  const random = createRandomSource('dealer-bench');
  const weights: AttributeColumn = new Map(
    names.filter((_, i) => i % 10 === 0).map((name) => [name, Math.floor(100 * random.nextFloat() ** 4)]),
  );
  return {
    configuration: parseDealerConfiguration({
      partition: 'Physics',
      group: 'AnalysisOps',
      target_site_occupancy: 0.95,
      max_total_cycle_volume: 5e15,
      plugins: [
        { plugin: 'copy_requests', priority: 0 },
        {
          plugin: 'enforcer',
          priority: 2,
          rules: { partition: 'Physics', default_destination_group: 'AnalysisOps', rules: RULES },
        },
        { plugin: 'rules', priority: 2 },
        { plugin: 'popularity', priority: 4, weight_per_copy: 20 },
        { plugin: 'balancer', priority: 8 },
        { plugin: 'undertaker', priority: 1 },
        {
          plugin: 'group_hand_over',
          priority: 3,
          rules: [{ from: null, to: 'AnalysisOps', datasets: ['dataset.name == /*/*/AOD*'] }],
        },
      ],
    }),
    requests: Array.from({ length: 200 }, (_, i) => copyRequest(i + 1, names, i % 20 === 0)),
    rules: Array.from(
      { length: 20 },
      (_, i): UserRule => ({
        id: i + 1,
        user: 'bench',
        datasets: [`/JetHT_${i}*/*/MINIAOD`, names[i] ?? ''],
        sites: ['T2_*'],
        copies: 2,
        group: null,
        until: null,
      }),
    ),
    attributes: new Map([['dataset.request_weight', weights]]),
    now: GENERATOR_NOW,
    seed: 1,
  };
}

/** In the manner of those that CMS had: two about whole tiers, the others about single families. */
const RELIABLE = 'T1_*_Disk T2_BE_* T2_CH_* T2_DE_* T2_IT_* T2_US_*';
const RULES = {
  usa_miniaod: {
    replicas: ['dataset.name == /*/*/MINIAOD*'],
    num_copies: 1,
    destinations: ['site.name in [T1_US_FNAL_Disk T2_US_*] and site.name != T2_US_Caltech'],
    sources: ['site.storage_type == DISK and site.name notin [T1_US_FNAL_Disk T2_US_*]'],
    protect: true,
  },
  reliable_aod: {
    replicas: ['dataset.name == /*/*/AOD'],
    num_copies: 1,
    destinations: [`site.name in [${RELIABLE}]`],
    sources: [`site.storage_type == DISK and site.name notin [${RELIABLE}]`],
  },
  families: {
    replicas: Array.from({ length: 30 }, (_, i) => `dataset.name == /EGamma_${i}/Run2018*-v*/RAW`),
    num_copies: 1,
    destinations: ['site.name in [T1*_Disk T2*]'],
    sources: ['site.name == T*'],
  },
};

function copyRequest(id: number, names: readonly string[], isGlob: boolean): RequestRecord {
  const datasets = isGlob ? [`/TTJets_${id}*/*/AODSIM`] : [names[(id * 7919) % names.length] ?? ''];
  const fixed = { kind: 'copy', state: 'new', user: 'bench', reason: '', group: null } as const;
  return { id, datasets, sites: ['T2_*'], copies: 2, createdAt: GENERATOR_NOW, updatedAt: GENERATOR_NOW, ...fixed };
}
