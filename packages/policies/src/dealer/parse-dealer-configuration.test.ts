import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { workspaceRoot } from '../../../../scripts/workspace.ts';
import { DEFAULT_DEALER_CONFIGURATION } from './dealer-configuration.ts';
import { NOW, viewOf } from './fixtures/dealer-world.ts';
import { parseDealerConfiguration } from './parse-dealer-configuration.ts';
import { planDealer } from './plan-dealer.ts';
import { parseEnforcerRules } from './rules/parse-enforcer-rules.ts';

const CMS_RULES = '../shared/cms-policies/enforcer_rules_physics.json';

describe('parseDealerConfiguration', () => {
  it('is all defaults for an empty document', () => {
    expect(parseDealerConfiguration({})).toEqual(DEFAULT_DEALER_CONFIGURATION);
  });

  it('reads every key', () => {
    const configuration = parseDealerConfiguration({
      partition: 'Physics',
      target_sites: 'site.occupancy < 0.8',
      source_sites: ['always'],
      group: 'AnalysisOps',
      target_site_occupancy: 0.8,
      max_site_pending_fraction: 0.1,
      max_total_cycle_volume: 1e12,
      listed_per_reason: 5,
      placement_rules: [{ name: 'raw', datasets: ['dataset.name == /*/*/RAW'], sites: ['site.name == T1_*'] }],
      plugins: [
        { plugin: 'copy_requests', priority: 0 },
        { plugin: 'rules' },
        { plugin: 'popularity', priority: 3, weight_per_copy: 2 },
        { plugin: 'balancer' },
        { plugin: 'undertaker', named: ['T2_XX'], site_bytes_per_second: { T2_XX: 5 } },
        { plugin: 'group_hand_over', rules: [{ from: null, to: 'AnalysisOps' }] },
      ],
    });
    expect(configuration).toMatchObject({
      partition: 'Physics',
      targetSites: ['site.occupancy < 0.8'],
      group: 'AnalysisOps',
      targetSiteOccupancy: 0.8,
      maxSitePendingFraction: 0.1,
      maxTotalCycleVolume: 1e12,
      placementRules: [{ name: 'raw' }],
      listedPerReason: 5,
      plugins: [
        { plugin: 'copy_requests', priority: 0, wholeDatasetFraction: 0.5 },
        { plugin: 'rules', priority: 1 },
        { plugin: 'popularity', priority: 3, weightPerCopy: 2, maxCopies: 5 },
        { plugin: 'balancer', maxSpread: 0.05 },
        { plugin: 'undertaker', sites: ['site.status != READY'], named: ['T2_XX'] },
        { plugin: 'group_hand_over', rules: [{ from: null, to: 'AnalysisOps', sites: ['always'] }] },
      ],
    });
  });

  it('names every fault at its path, in one error', () => {
    const document = {
      partitoin: 'Physics',
      target_site_occupancy: 1.5,
      target_sites: ['site.nam == X'],
      placement_rules: [{ name: 'r', datasets: [], sites: ['site.occupancy <'] }],
      plugins: [
        { plugin: 'popularty' },
        { plugin: 'balancer' },
        {
          plugin: 'enforcer',
          rules: { rules: { r: { replicas: 'dataset.name == *', destinations: [], sources: 'always' } } },
        },
        { plugin: 'enforcer', rules_file: 'x.json' },
        { plugin: 'undertaker', priority: -1, bytes_per_second: 0 },
      ],
    };
    expect(() => parseDealerConfiguration(document, { file: 'dealer.json' })).toThrow(
      [
        'dealer.json: target_sites[0]: 1:1: a site condition has no variable `site.nam` (did you mean `site.name`?)',
        'dealer.json: target_site_occupancy: expected a number above 0 and at most 1, got 1.5',
        'dealer.json: placement_rules[0].datasets: is empty',
        'dealer.json: placement_rules[0].sites[0]: 1:16: an operand is missing after `<`',
        'dealer.json: plugins[0].plugin: there is no plug-in "popularty" (did you mean popularity?)',
        'dealer.json: plugins[2].rules.rules.r.num_copies: is missing',
        'dealer.json: plugins[2].rules.rules.r.destinations: is empty',
        'dealer.json: plugins[3].rules_file: cannot read x.json: no further files can be read here (x.json) (give the rules in `rules`)',
        'dealer.json: plugins[4].priority: expected a number of at least 0, got -1',
        'dealer.json: plugins[4].bytes_per_second: expected a number above 0, got 0',
        'dealer.json: partitoin: unknown key (did you mean partition?)',
      ].join('\n'),
    );
  });

  it('needs a partition to balance', () => {
    expect(() => parseDealerConfiguration({ plugins: [{ plugin: 'balancer' }] })).toThrow(
      'plugins[0]: the balancer balances a partition, and none is given (set `partition`)',
    );
  });

  it.each([[null], [[]], ['x'], [7]])('refuses %j, which is no object', (document) => {
    expect(() => parseDealerConfiguration(document)).toThrow('expected an object');
  });

  it.each([
    [{ partition: 'Nope' }, 'partition: there is no partition Nope'],
    [{ group: 'Nope' }, 'group: there is no group Nope'],
    [
      { target_sites: 'site.occupancy < 0.8' },
      'target_sites: `site.occupancy` is about a partition, and none is given',
    ],
    [{ plugins: [{ plugin: 'undertaker', named: ['T9'] }] }, 'plugins.undertaker.named: there is no site T9'],
    [
      { plugins: [{ plugin: 'group_hand_over', rules: [{ from: 'Nope', to: null }] }] },
      'plugins.group_hand_over.rules[0].from: there is no group Nope',
    ],
  ])('what does not fit the inventory is refused when it is used: %j', async (document, message) => {
    using view = await viewOf({ sites: { T2_US_MIT: {} }, datasets: {} });
    const configuration = parseDealerConfiguration(document);
    expect(() => planDealer(view, { configuration, now: NOW, seed: 1 })).toThrow(message);
  });
});

describeWith({ name: 'the rules of CMS', files: [CMS_RULES] }, 'the rules that CMS ran in production', () => {
  let document: unknown;
  beforeAll(() => {
    document = JSON.parse(readFileSync(join(workspaceRoot, CMS_RULES), 'utf8'));
  });

  it('load unchanged', () => {
    const { partition, rules } = parseEnforcerRules(document);
    expect(partition).toBe('Physics');
    expect(rules.map(({ name, protect, group, copies }) => [name, protect, group, copies])).toEqual([
      ['usa_miniaod', true, 'AnalysisOps', 1],
      ['reliable_aod', false, 'AnalysisOps', 1],
      ['hcal_pog', false, 'AnalysisOps', 1],
      ['ecal_pog', false, 'AnalysisOps', 1],
      ['temporary_reserved_analysis', false, 'AnalysisOps', 1],
      ['caltech_xrootdcache_test', true, 'AnalysisOps', 1],
    ]);
  });

  it('are part of a configuration by their file, and must be for its partition', () => {
    const given = (partition: string) => ({ partition, plugins: [{ plugin: 'enforcer', rules_file: 'rules.json' }] });
    const readDocument = (path: string): unknown => (path === 'rules.json' ? document : undefined);
    const [plugin] = parseDealerConfiguration(given('Physics'), { readDocument }).plugins;
    expect(plugin).toMatchObject({ plugin: 'enforcer', rules: parseEnforcerRules(document) });
    expect(() => parseDealerConfiguration(given('Express'), { readDocument })).toThrow(
      'plugins[0]: the rules are for partition Physics, not for Express',
    );
  });
});
