import { formatDiagnostic, type InventoryView } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../policy/check-policy.ts';
import { NOON, type SmallFederation, small } from '../testing-fixtures/small-federation.ts';
import { viewOf } from '../testing-fixtures/view-of.ts';
import type { DetoxOptions } from './detox-options.ts';
import { detoxPlan } from './detox-plan.ts';
import { detoxPlanJson } from './detox-plan-json.ts';
import type { DetoxResult } from './detox-result.ts';
import { planDetox } from './plan-detox.ts';

/** A policy for every site: lines, with the default last; triggered and without a stop unless said otherwise. */
function policy(lines: string, { when = 'always', until = 'never', order = 'none', algo = '' } = {}): string {
  return `Partition P\nOn site.name == *\nWhen ${when}\nUntil ${until}\n${algo}\n${lines}\nOrder ${order}\n`;
}

function plan(view: InventoryView, text: string, more: Partial<DetoxOptions> = {}): DetoxResult {
  const outcome = readPolicy(text, { nowSeconds: NOON });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((each) => formatDiagnostic(each, text)).join('\n'));
  return planDetox(view, { policy: outcome.value, now: NOON, guard: 'off', ...more });
}

/** `dataset block site` -> decision and line or rule. */
function said(result: DetoxResult): Record<string, string> {
  const { decisions } = JSON.parse(detoxPlanJson(result, { blocks: true })) as {
    decisions: { dataset: string; site: string; decision: string; line?: number; rule?: string; blocks: string[] }[];
  };
  return Object.fromEntries(
    decisions.flatMap(({ dataset, site, decision, line, rule, blocks }) =>
      blocks.map((block) => [`${dataset} ${block} ${site}`, `${decision} ${rule ?? line}`]),
    ),
  );
}

async function decide(federation: SmallFederation, text: string, more: Partial<DetoxOptions> = {}) {
  const result = plan(await viewOf(small(federation)), text, more);
  return { ...said(result), iterations: result.iterations };
}

const two = { S1: { quota: 100 }, S2: { quota: 100 } };

describe('a run', () => {
  it('stops where Until holds, looking after each replica', async () => {
    const sites = { S1: { quota: 40 } };
    const data = { '/a': { x: 'S1' }, '/b': { x: 'S1' }, '/c': { x: 'S1' } };
    expect(await decide({ sites, data }, policy('Dismiss', { until: 'site.occupancy <= 0.5' }))).toEqual({
      '/a x S1': 'delete 0',
      '/b x S1': 'keep 0',
      '/c x S1': 'keep 0',
      iterations: 2,
    });
  });

  it('deletes no more at once than one pass may, which a quota of 0 does not limit', async () => {
    const data = { '/a': { x: 'S1 S2' }, '/b': { x: 'S1 S2' }, '/c': { x: 'S1 S2' } };
    const limited = { deletionPerIteration: 0.1 };
    const one = await decide(
      { sites: { S1: { quota: 100 }, S2: { quota: 0 } }, data },
      policy('Protect site.name == S2\nDismiss'),
      limited,
    );
    // 10 bytes are not more than a tenth of 100: two replicas go in the first pass.
    expect(one.iterations).toBe(3);
    const none = await decide(
      { sites: { S1: { quota: 0 }, S2: { quota: 0 } }, data },
      policy('Protect site.name == S2\nDismiss'),
      limited,
    );
    expect(none.iterations).toBe(2);
  });

  it('keeps what is dismissed where the site is not triggered', async () => {
    const text = policy('Dismiss', { when: 'site.name == S2' });
    expect(await decide({ sites: two, data: { '/a': { x: 'S1 S2' } } }, text)).toMatchObject({
      '/a x S1': 'keep 0',
      '/a x S2': 'delete 0',
    });
  });

  it('takes the site with the highest protected fraction first', async () => {
    const data = { '/a': { x: 'S1 S2' }, '/b': { x: 'S2' } };
    const text = policy('Protect dataset.name == /b\nProtect dataset.num_full_disk_copy < 2\nDismiss');
    expect(await decide({ sites: two, data }, text)).toMatchObject({ '/a x S1': 'protect 7', '/a x S2': 'delete 0' });
  });

  it('goes by Order, ties by dataset name', async () => {
    const attributes = { '/a': { usage_rank: 1 }, '/b': { usage_rank: 2 }, '/c': { usage_rank: 2 } };
    const data = { '/a': { x: 'S1' }, '/b': { x: 'S1' }, '/c': { x: 'S1' } };
    const text = policy('Dismiss', { until: 'site.occupancy < 0.9', order: 'decreasing dataset.usage_rank' });
    expect(await decide({ sites: { S1: { quota: 30 } }, data, attributes }, text)).toMatchObject({
      '/a x S1': 'keep 0',
      '/b x S1': 'delete 0',
      '/c x S1': 'keep 0',
    });
  });

  it('lets later evaluations of a pass see what Delete took', async () => {
    const text = policy('Delete dataset.num_full_disk_copy > 1\nDismiss', { when: 'never' });
    expect(await decide({ sites: two, data: { '/a': { x: 'S1 S2' } } }, text)).toEqual({
      '/a x S1': 'delete 6',
      '/a x S2': 'keep 0',
      iterations: 1,
    });
  });

  it('counts ignored bytes and says nothing about them', async () => {
    const sites = { S1: { quota: 20 } };
    const data = { '/a': { x: 'S1' }, '/b': { x: 'S1' } };
    const text = policy('Ignore dataset.name == /b\nDismiss', { when: 'site.occupancy > 0.9' });
    expect(await decide({ sites, data }, text)).toEqual({ '/a x S1': 'delete 0', iterations: 2 });
  });

  it('evaluates block lines predicate by predicate, then block by block', async () => {
    const data = { '/a': { x: 'S1:A', y: 'S1:c~' } };
    const incomplete = 'blockreplica.num_full_disk_copy < 1';
    // Of the replica, some block is owned by A and some block has no complete copy: no block is both.
    expect(
      await decide({ sites: two, data }, policy(`Protect blockreplica.owner == A and ${incomplete}\nDismiss`)),
    ).toMatchObject({ '/a x S1': 'protect 6' });
    expect(
      await decide({ sites: two, data }, policy(`ProtectBlock blockreplica.owner == A and ${incomplete}\nDismiss`)),
    ).toMatchObject({ '/a x S1': 'delete 0' });
  });

  it('hides the blocks that a line took: their size, owners and completeness too', async () => {
    const data = { '/a': { x: 'S1:A', y: 'S1:c~' } };
    for (const [condition, holds] of [
      ['replica.incomplete', false],
      ['replica.size < 11', true],
      ['replica.num_full_disk_copy_common_owner > 0', false],
      ['blockreplica.owner == c', false],
    ] as const) {
      const decisions = await decide(
        { sites: two, data },
        policy(`ProtectBlock blockreplica.owner == c\nProtect ${condition}\nDismiss`),
      );
      expect([condition, decisions['/a x S1' as keyof typeof decisions]]).toEqual([
        condition,
        holds ? 'protect 7' : 'delete 0',
      ]);
    }
  });

  it('has empty replicas on tape in the image, which makes the dataset partially on tape', async () => {
    const sites = { ...two, T1: { quota: 0 } };
    const data = { '/a': { x: 'S1', y: 'S1' } };
    const text = policy('Protect dataset.on_tape == PARTIAL\nDismiss', { when: 'never' });
    expect(await decide({ sites, data, empty: ['/a@T1', '/a@S2'] }, text)).toEqual({
      '/a x S1': 'protect 6',
      '/a y S1': 'protect 6',
      '/a x T1': 'protect 6',
      '/a y T1': 'protect 6',
      iterations: 1,
    });
  });

  it('under Algo Static treats all sites in one pass', async () => {
    const data = { '/a': { x: 'S1 S2' }, '/b': { x: 'S1 S2' } };
    const decisions = await decide(
      { sites: two, data },
      policy('Protect dataset.num_full_disk_copy < 2\nDismiss', { algo: 'Algo Static' }),
    );
    expect(decisions).toEqual({
      '/a x S1': 'delete 0',
      '/a x S2': 'delete 0',
      '/b x S1': 'delete 0',
      '/b x S2': 'delete 0',
      iterations: 2,
    });
  });
});

describe('a hand-over', () => {
  const data = { '/a': { x: 'S1:A', y: 'S1:c', z: 'S1' } };

  it('gives blocks to a group that owns the rest at dataset level, and evaluates them anew', async () => {
    const view = await viewOf(small({ sites: two, data }));
    const result = plan(view, policy('DeleteBlock blockreplica.owner in [c None]\nProtect'));
    expect(said(result)).toEqual({ '/a x S1': 'protect 0', '/a y S1': 'protect 0', '/a z S1': 'protect 0' });
    expect(JSON.parse(detoxPlanJson(result))).toMatchObject({
      handed_over: [{ dataset: '/a', site: 'S1', blocks: ['y', 'z'], to: 'A' }],
    });
    expect(detoxPlan(result).steps).toMatchObject([
      { kind: 'hand-over', block: 'y', facts: { group: 'c', files: 2 }, to: 'A' },
      { kind: 'hand-over', block: 'z', facts: { group: null }, to: 'A' },
    ]);
  });

  it('does not happen where the rest is owned at block level, or nothing is left', async () => {
    const text = policy('DeleteBlock blockreplica.owner == c\nDismiss', { when: 'never' });
    const blocks = { '/a': { x: 'S1:d', y: 'S1:c' }, '/b': { x: 'S1:c', y: 'S1:c' } };
    expect(await decide({ sites: two, data: blocks }, text)).toMatchObject({
      '/a x S1': 'keep 0',
      '/a y S1': 'delete 6',
      '/b x S1': 'delete 6',
      '/b y S1': 'delete 6',
    });
  });

  it('takes blocks out of the run that leave the partition with it', async () => {
    const records = small({ sites: two, data, partition: 'blockreplica.owner notin [A]' });
    const result = plan(await viewOf(records), policy('DeleteBlock blockreplica.owner == c\nProtect'));
    // The block that A owns is in no image: there is no heir, and the block goes.
    expect(said(result)).toEqual({ '/a y S1': 'delete 6', '/a z S1': 'protect 0' });
  });
});

describe('the guard in a run', () => {
  const on = { guard: 'on' } as const;

  it('keeps the last copy, whichever goes first', async () => {
    expect(await decide({ sites: two, data: { '/a': { x: 'S1 S2' } } }, policy('Delete'), on)).toMatchObject({
      '/a x S1': 'delete 0',
      '/a x S2': 'protect last-copy',
    });
  });

  it('is asked again at every deletion: two sites in one pass do not take both copies', async () => {
    const decisions = await decide(
      { sites: two, data: { '/a': { x: 'S1 S2' } } },
      policy('Dismiss', { algo: 'Algo Static' }),
      on,
    );
    expect(Object.values(decisions).filter((each) => String(each) === 'delete 0')).toHaveLength(1);
  });

  it.each([
    [
      'a copy on tape counts, in the partition or not',
      { data: { '/a': { x: 'S1 T1' } }, text: 'Protect site.name == T1\nDelete' },
      'delete 0',
    ],
    [
      'an incomplete one does not',
      { data: { '/a': { x: 'S1 S2~' } }, text: 'Protect site.name == S2\nDelete' },
      'protect last-copy',
    ],
    [
      'nor one at a site that is not ready',
      { data: { '/a': { x: 'S1 S3' } }, text: 'Protect site.name == S3\nDelete' },
      'protect last-copy',
    ],
    [
      'a custodial one stays',
      { data: { '/a': { x: 'S1! S2' } }, text: 'Protect site.name == S2\nDelete' },
      'protect custodial',
    ],
    [
      'the source of a copy stays',
      { data: { '/a': { x: 'S1 S2+ T1' } }, text: 'Protect site.name != S1\nDelete' },
      'protect last-source',
    ],
    [
      'of an invalid dataset everything goes',
      { data: { '/a': { x: 'S1!' } }, text: 'Delete', status: { '/a': 'invalid' } },
      'delete 0',
    ],
    [
      'but for what is locked',
      { data: { '/a': { x: 'S1' } }, text: 'Delete', status: { '/a': 'invalid' }, locks: [{ dataset: '/*' }] },
      'protect locked',
    ],
  ])('%s', async (_, { text, ...federation }, expected) => {
    const sites = { ...two, S3: { status: 'morgue' }, T1: {} };
    const decisions = await decide({ sites, ...federation }, policy(text), on);
    expect(decisions['/a x S1' as keyof typeof decisions]).toBe(expected);
  });
});

describe('further rules of the guard', () => {
  it('keep what they refuse, by their names', async () => {
    const guardRules = [
      { name: 'mine', judge: (_: unknown, { site }: { site: string }) => (site === 'S1' ? 'no' : null) },
    ];
    const data = { '/a': { x: 'S1 S2 S3' } };
    expect(
      await decide({ sites: { ...two, S3: {} }, data }, policy('Delete'), { guard: 'on', guardRules }),
    ).toMatchObject({
      '/a x S1': 'protect mine',
      '/a x S2': 'delete 0',
      '/a x S3': 'delete 0',
    });
  });
});

describe('what cannot be committed', () => {
  const data = { '/a': { x: 'S1 S2' } };
  const rank = policy('Dismiss dataset.usage_rank > 1\nProtect');

  it.each<[string, string, Partial<DetoxOptions>, Partial<SmallFederation>, readonly RegExp[]]>([
    ['nothing', policy('Dismiss'), {}, {}, []],
    ['the guard was off', policy('Dismiss'), { guard: 'off' }, {}, [/guard off/]],
    ['the caller says so', policy('Dismiss'), { notCommittable: ['made on a dump'] }, {}, [/made on a dump/]],
    ['no quota was stated', policy('Dismiss'), {}, { sites: { S1: {}, S2: {} } }, [/S\d, where no quota of P/]],
    ['nothing supplies a variable', rank, {}, {}, [/nothing supplies dataset\.usage_rank \(line 6\)/]],
    ['a producer does', rank, { attributes: new Map([['dataset.usage_rank', new Map()]]) }, {}, []],
    ['the inventory does', rank, {}, { attributes: { '/a': { usage_rank: 0 } } }, []],
    [
      'a producer has nothing any more',
      rank,
      { attributes: new Map([['dataset.usage_rank', new Map()]]), suppliedBefore: ['dataset.usage_rank'] },
      {},
      [/has no value now, and had some/],
    ],
  ])('%s', async (_, text, options, federation, expected) => {
    const view = await viewOf(small({ sites: two, data, ...federation }));
    const { notCommittable } = detoxPlan(plan(view, text, { guard: 'on', ...options }));
    expect(notCommittable).toHaveLength(expected.length);
    for (const [i, pattern] of expected.entries()) expect(notCommittable[i]).toMatch(pattern);
  });
});

describe('attributes', () => {
  it('come from producers, else from the inventory; a list names the sites where it holds', async () => {
    const data = { '/a': { x: 'S1 S2' }, '/b': { x: 'S1' } };
    const attributes = { '/a': { usage_rank: 5, enforcer_protected: ['S1'] }, '/b': { usage_rank: 5 } };
    const text = policy('Protect replica.enforcer_protected\nDismiss dataset.usage_rank > 2\nProtect', {
      when: 'never',
    });
    expect(await decide({ sites: two, data, attributes }, text)).toMatchObject({
      '/a x S1': 'protect 6',
      '/a x S2': 'keep 7',
      '/b x S1': 'keep 7',
    });
    const produced = new Map([['dataset.usage_rank', new Map([['/a', 3]])]]);
    expect(await decide({ sites: two, data, attributes }, text, { attributes: produced })).toMatchObject({
      '/a x S2': 'keep 7',
      '/b x S1': 'protect 0',
    });
  });

  it('that are no numbers, or not finite ones, harm nobody', async () => {
    const data = { '/a': { x: 'S1' }, '/b': { x: 'S1' }, '/c': { x: 'S1' } };
    const produced = new Map([
      [
        'dataset.usage_rank',
        new Map<string, number | string>([
          ['/a', Number.NaN],
          ['/b', Number.POSITIVE_INFINITY],
          ['/c', 'nonsense'],
        ]),
      ],
    ]);
    const text = policy('Dismiss dataset.usage_rank > 2\nProtect', {
      when: 'never',
      order: 'decreasing dataset.usage_rank',
    });
    expect(await decide({ sites: two, data }, text, { attributes: produced })).toMatchObject({
      '/a x S1': 'protect 0',
      '/b x S1': 'keep 6',
      '/c x S1': 'protect 0',
    });
  });
});

describe('planDetox', () => {
  it('says what is wrong with its inputs', async () => {
    const view = await viewOf(small({ sites: two, data: {} }));
    expect(() => plan(view, policy('Dismiss').replace('Partition P', 'Partition Q'))).toThrow('no partition `Q`');
    expect(() => plan(view, policy('Dismiss'), { deletionPerIteration: 0 })).toThrow('deletion per iteration is 0');
  });

  it('runs policies of ten thousand lines', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `Protect dataset.name == /x${i}/* and site.name == S1`);
    const data = { '/x9999/y': { x: 'S1 S2' } };
    expect(await decide({ sites: two, data }, policy(`${lines.join('\n')}\nDismiss`))).toMatchObject({
      '/x9999/y x S1': 'protect 10005',
      '/x9999/y x S2': 'delete 0',
    });
  });

  it('plans nothing on an empty inventory', async () => {
    const result = plan(await viewOf(small({ sites: two, data: {} })), policy('Delete'));
    expect(result).toMatchObject({ iterations: 1, sites: [{ site: 'S1', before: 0 }, { site: 'S2' }] });
    expect(detoxPlan(result).steps).toEqual([]);
  });

  it('says how many copies each deletion counts on', async () => {
    const view = await viewOf(small({ sites: { ...two, S3: {} }, data: { '/a': { x: 'S1 S2 S3' } } }));
    const { steps } = detoxPlan(plan(view, policy('Delete', { when: 'never' }), { guard: 'on' }));
    expect(steps).toMatchObject([
      {
        kind: 'delete',
        site: 'S1',
        copiesLeft: 1,
        reason: { source: 'detox', text: 'policy P, the default decision, line 6: Delete' },
      },
      { kind: 'delete', site: 'S2', copiesLeft: 1 },
    ]);
  });
});
