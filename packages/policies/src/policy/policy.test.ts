import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDiagnostic, readCondition, replicaVariables, siteVariables } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { checkPolicy, readPolicy } from './check-policy.ts';
import { findPolicyWarnings } from './find-policy-warnings.ts';
import { parsePolicy } from './parse-policy.ts';
import { printPolicy } from './print-policy.ts';
import { usedVariables } from './used-variables.ts';

const nowSeconds = 1_767_225_600;
const fixtures = join(import.meta.dirname, '../testing-fixtures');
const shared = '../shared/cms-policies';

const SMALL = `# small
Partition IB RelVal
On site.name in [T2_*]
On site.storage_type == MSS
When site.occupancy > 0.9
Until site.occupancy < 0.85

  ProtectBlock   blockreplica.is_locked
Delete dataset.status == INVALID
Dismiss
Order decreasing dataset.usage_rank increasing replica.size
`;

function read(text: string) {
  const outcome = readPolicy(text, { nowSeconds });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((each) => formatDiagnostic(each, text)).join('\n'));
  return outcome.value;
}

function faults(text: string): string[] {
  const outcome = readPolicy(text, { nowSeconds, file: 'p' });
  if (outcome.ok) return [];
  return outcome.diagnostics.map(({ line, column, message, hint }) =>
    [`${line}:${column}: ${message}`, ...(hint === undefined ? [] : [hint])].join(' | '),
  );
}

describe('readPolicy', () => {
  it('knows each line by its number and text', () => {
    expect(read(SMALL)).toMatchObject({
      partition: 'IB RelVal',
      on: [{ line: 3 }, { line: 4 }],
      when: [{ line: 5 }],
      until: [{ line: 6 }],
      lines: [
        { line: 8, text: 'ProtectBlock   blockreplica.is_locked', action: 'protect', level: 'block' },
        { line: 9, text: 'Delete dataset.status == INVALID', action: 'delete', level: 'replica' },
      ],
      defaultAction: 'dismiss',
      defaultLine: 10,
      order: [
        { direction: 'decreasing', variable: { name: 'dataset.usage_rank' } },
        { direction: 'increasing', variable: { name: 'replica.size' } },
      ],
      algorithm: 'iterative',
      sha256: '9bcb9b63cf072e586fff53fd8fe60e4eda2bb0a85f026c0994920cf7e0afd5b0',
    });
  });

  it('takes the default wherever it stands, carriage returns and a byte-order mark', () => {
    const policy = read(`\uFEFFDismiss\r\n${SMALL.replace('\nDismiss', '').replaceAll('\n', '\r\n')}Algo Static`);
    expect(policy).toMatchObject({ defaultLine: 1, algorithm: 'static', lines: [{ line: 9 }, { line: 10 }] });
  });

  it.each([
    [
      '',
      [
        '1:1: `Partition` is missing | write `Partition Physics`',
        '1:1: `On` is missing | the target sites: `On site.name in [T1_*_Disk T2_*]`',
        '1:1: `When` is missing | deletion starts: `When site.occupancy > 0.9`, or `When always`',
        '1:1: `Until` is missing | deletion stops: `Until site.occupancy < 0.85`, or `Until never`',
        '1:1: the default decision is missing | an action by itself, `Dismiss`',
        '1:1: `Order` is missing | write `Order none`, or keys',
      ],
    ],
    [
      SMALL.replace('Until', 'Untill'),
      [
        '6:1: there is no `Untill` | did you mean `Until`?',
        '11:60: `Until` is missing | deletion stops: `Until site.occupancy < 0.85`, or `Until never`',
      ],
    ],
    [
      SMALL.replace('Until', '#'),
      ['11:60: `Until` is missing | deletion stops: `Until site.occupancy < 0.85`, or `Until never`'],
    ],
    [
      SMALL.replace('Until site.occupancy < 0.85', 'Until site.occupancy < x'),
      ['6:24: `x` is not a number, and `site.occupancy` is one'],
    ],
    [SMALL.replace('Until site.occupancy < 0.85', 'Until'), ['6:1: `Until` needs a condition']],
    [SMALL.replace('Until site.occupancy < 0.85', 'Until site.occupancy <'), ['6:22: an operand is missing after `<`']],
    [SMALL.replace('Partition IB RelVal', 'Partition'), ['2:1: partition name is empty | write `Partition Physics`']],
    [`${SMALL}Partition X`, ['12:1: `Partition` is given twice, first in line 2']],
    [
      `${SMALL}Protect\nOrder none`,
      ['12:1: the default decision is given twice, first in line 10', '13:1: `Order` is given twice, first in line 11'],
    ],
    [
      SMALL.replace('\nDismiss\n', '\nDismissBlock\n'),
      ['10:1: the default decision is about whole replicas, not `DismissBlock` | write `Dismiss`'],
    ],
    [
      `${SMALL}IgnoreBlock replica.incomplete`,
      ['12:1: there is no `IgnoreBlock` | `Ignore` takes whole replicas only'],
    ],
    [`${SMALL}protect replica.incomplete`, ['12:1: there is no `protect` | did you mean `Protect`?']],
    [`${SMALL}Algo Iterative`, ['12:6: the only other algorithm is `Algo Static` | without the line it iterates']],
    [
      `${SMALL}Protect dataset.statsu == VALID and replica.sise > 1 and dataset.on_tape == YES`,
      [
        '12:9: a condition over replicas has no variable `dataset.statsu` | did you mean `dataset.status`?',
        '12:37: a condition over replicas has no variable `replica.sise` | did you mean `replica.size`?',
        '12:77: `dataset.on_tape` is never `YES` | it is one of NONE, PARTIAL, FULL',
      ],
    ],
    [
      `${SMALL}Protect site.name in [A B`,
      ['12:22: this `[` is not closed | the list ends with `]`, before the next ` and `'],
    ],
    [`${SMALL}When dataset.size > 1`, ['12:6: a site condition has no variable `dataset.size`']],
  ])('%j is wrong', (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  const FORM = 'write `Order decreasing dataset.usage_rank increasing replica.size`';
  it.each([
    ['Order', `11:1: \`Order\` needs keys, or \`none\` | ${FORM}`],
    ['Order none increasing replica.size', `11:7: \`none\` is neither \`increasing\` nor \`decreasing\` | ${FORM}`],
    ['Order increasing', `11:7: \`increasing\` needs a variable | ${FORM}`],
    ['Order increasing replica.siz', '11:18: there is no variable `replica.siz` | did you mean `replica.size`?'],
    ['Order increasing dataset.name', '11:18: `Order` is by numbers and times, and `dataset.name` is neither'],
    [
      'Order increasing replica.incomplete',
      '11:18: `Order` is by numbers and times, and `replica.incomplete` is neither',
    ],
    [
      'Order increasing blockreplica.last_update',
      '11:18: `blockreplica.last_update` has a value for each block, and `Order` puts whole replicas in order',
    ],
  ])('%s is wrong', (order, expected) => {
    expect(faults(SMALL.replace(/^Order.*$/m, order))).toEqual([expected]);
  });

  it('reads ten thousand lines at once, right or wrong', () => {
    const started = performance.now();
    const right = Array.from({ length: 10_000 }, (_, i) => `Protect dataset.name == /A${i}/*/RAW`).join('\n');
    expect(findPolicyWarnings(read(`${SMALL}${right}`))).toEqual([]);
    const wrong = Array.from({ length: 10_000 }, (_, i) => `Protect dataset.nam${i} == /A`).join('\n');
    expect(faults(`${SMALL}${wrong}`)).toHaveLength(10_000);
    expect(performance.now() - started).toBeLessThan(8000);
  });
});

describe('checkPolicy', () => {
  it('knows the variables that experiments add', () => {
    const text = SMALL.replace('Dismiss\n', 'Protect dataset.colour == blue\nDismiss\n');
    const ast = parsePolicy(text);
    if (!ast.ok) throw new Error('not a policy');
    expect(checkPolicy(ast.value, replicaVariables(), { nowSeconds }).ok).toBe(false);
    const catalogue = replicaVariables().extend([
      { name: 'dataset.colour', level: 'dataset', type: { kind: 'text' }, source: 'producer', description: '' },
    ]);
    const policy = checkPolicy(ast.value, catalogue, { nowSeconds });
    if (!policy.ok) throw new Error('not a policy');
    const produced = usedVariables(policy.value).filter(({ variable }) => variable.source === 'producer');
    expect(produced.map(({ variable, lines }) => [variable.name, lines])).toEqual([
      ['dataset.colour', [10]],
      ['dataset.usage_rank', [12]],
    ]);
  });
});

function expectPlain(path: string): void {
  const text = readFileSync(path, 'utf8');
  expect(findPolicyWarnings(read(text))).toEqual([]);
  const ast = parsePolicy(text);
  expect(ast.ok && printPolicy(ast.value)).toBe(`${text.trimEnd()}\n`);
}

it.each(['h1.txt', 'h2.txt'])('%s checks without fault or warning, and prints as it was', (name) => {
  expectPlain(join(fixtures, name));
});

describeWith({ name: 'the policies of CMS', files: [shared] }, 'the policies that CMS ran in production', () => {
  it.each([
    'AllDisk.txt',
    'DataOps.txt',
    'Express.txt',
    'Physics.txt',
    'RelVal.txt',
    'Unsubscribed.txt',
    'caf-alca.txt',
  ])('%s checks without fault or warning, and prints as it was', (name) => {
    expectPlain(join(import.meta.dirname, '../../../..', shared, name));
  });

  it('have conditions in the rules of the enforcer too', () => {
    const path = join(import.meta.dirname, '../../../..', shared, 'enforcer_rules_physics.json');
    const { rules } = JSON.parse(readFileSync(path, 'utf8')) as { rules: Record<string, Record<string, string[]>> };
    for (const { replicas = [], destinations = [], sources = [] } of Object.values(rules)) {
      expect(replicas.length).toBeGreaterThan(0);
      for (const text of replicas) expect(readCondition(text, replicaVariables())).toMatchObject({ ok: true });
      for (const text of [...destinations, ...sources]) {
        expect(readCondition(text, siteVariables())).toMatchObject({ ok: true });
      }
    }
  });
});
