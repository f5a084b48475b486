import { describe, expect, it } from 'vitest';
import { readPolicy } from './check-policy.ts';
import { findPolicyWarnings } from './find-policy-warnings.ts';

/** The lines begin in line 2. */
function warnings(lines: readonly string[], sites: readonly string[] = ['When always', 'Until never']): string[] {
  const text = ['Partition P', ...lines, ...sites, 'On site.name == *', 'Dismiss', 'Order none'].join('\n');
  const outcome = readPolicy(text, { nowSeconds: 1_767_225_600 });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join('; '));
  return findPolicyWarnings(outcome.value).map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

describe('lines that are never reached', () => {
  it.each([
    ['the same', ['Protect replica.incomplete', 'Delete replica.incomplete'], 3, 'line 2 has the same condition'],
    [
      'the same in another order',
      ['Protect replica.incomplete and site.name == A', 'Delete site.name == A and replica.incomplete'],
      3,
      'line 2 has the same condition',
    ],
    [
      'a narrower one',
      ['Protect dataset.status == VALID', 'Delete dataset.status == valid and dataset.size > 5'],
      3,
      'line 2 has a part of its condition',
    ],
    [
      'facts that hidden blocks do not change',
      ['Protect dataset.status == VALID', 'ProtectBlock blockreplica.is_locked', 'Delete dataset.status == VALID'],
      4,
      'line 2 has the same condition',
    ],
    [
      'block by block',
      ['ProtectBlock blockreplica.owner == A', 'DeleteBlock blockreplica.owner == A and dataset.size > 5'],
      3,
      'line 2 has a part of its condition',
    ],
    [
      'a whole replica after its blocks',
      ['ProtectBlock blockreplica.owner == A', 'Delete blockreplica.owner == A'],
      3,
      'line 2 has the same condition',
    ],
  ])('%s', (_name, lines, line, message) => {
    expect(warnings(lines)).toEqual([
      `${line}:${(lines[line - 2] ?? '').indexOf(' ') + 2}: it is never reached: ${message} and comes first`,
    ]);
  });

  it.each([
    ['a wider one', ['Protect dataset.status == VALID and dataset.size > 5', 'Delete dataset.status == VALID']],
    [
      'counts that hidden blocks may change',
      ['Protect replica.incomplete', 'ProtectBlock blockreplica.is_locked', 'Delete replica.incomplete'],
    ],
    [
      'block lines on what other decisions change',
      ['ProtectBlock blockreplica.on_tape', 'DeleteBlock blockreplica.on_tape'],
    ],
    [
      'predicates that different blocks may satisfy',
      [
        'ProtectBlock blockreplica.owner == A and blockreplica.is_locked',
        'Delete blockreplica.owner == A and blockreplica.is_locked',
      ],
    ],
    ['a line whose time is over', ['Protect dataset.size > 5 from 2000-01-01', 'Delete dataset.size > 6']],
  ])('but not %s', (_name, lines) => {
    expect(warnings(lines)).toEqual([]);
  });

  it('are those after a line that takes everything', () => {
    expect(warnings(['Protect dataset.name == *', 'Delete replica.incomplete', 'Dismiss replica.incomplete'])).toEqual([
      '2:9: it takes every replica: the 2 lines after it and the default decision are never reached',
    ]);
    expect(warnings(['Protect blockreplica.owner == *', 'Delete replica.incomplete'])).toEqual([]);
  });
});

describe('lines that never hold', () => {
  it('contradict themselves, in one thing', () => {
    expect(warnings(['Protect dataset.size > 5 and site.name == A and dataset.size < 3'])).toEqual([
      '2:49: it never holds: nothing satisfies `dataset.size > 5` and `dataset.size < 3`',
    ]);
    const owners = 'blockreplica.owner == A and blockreplica.owner == B';
    expect(warnings([`Protect ${owners}`])).toEqual([]);
    expect(warnings([`ProtectBlock ${owners}`])).toHaveLength(1);
  });

  it('are outside of their time', () => {
    expect(
      warnings(['Protect replica.incomplete until 2020-01-01', 'Protect dataset.size > 1 from 2030-01-01']),
    ).toEqual(['2:28: its time is over, so it holds for nothing', '3:26: its time has not come yet']);
  });
});

it('warns of an operand that swallowed a predicate', () => {
  expect(
    warnings(['Protect site.name == A or site.name == B', 'Protect site.name == A AND not replica.incomplete']),
  ).toEqual([
    '2:9: `or` and what follows it is part of the operand',
    '3:9: `AND` and what follows it is part of the operand',
  ]);
});

describe('watermarks', () => {
  it.each([
    [
      'When site.occupancy > 0.9',
      'Until site.occupancy < 0.95',
      '3:7: the low watermark is above the high one: where line 2 starts, this may hold already',
    ],
    [
      'When site.occupancy < 0.9',
      'Until site.occupancy < 0.85',
      '2:6: deletion starts where there is room, and not where it is full',
    ],
    [
      'When site.occupancy > 0.9',
      'Until site.occupancy > 0.85',
      '3:7: deletion stops where it is full, and not where there is room',
    ],
    ['When always', 'Until always', '3:7: it holds from the start, so nothing that is dismissed ever goes'],
    ['When always', 'Until site.name == *', '3:7: it holds from the start, so nothing that is dismissed ever goes'],
  ])('%s, %s', (when, until, expected) => {
    expect(warnings([], [when, until])).toEqual([expected]);
  });

  it('are right where no site can be at both', () => {
    expect(warnings([], ['When site.occupancy > 0.9', 'Until site.occupancy < 0.9'])).toEqual([]);
    expect(warnings([], ['When site.occupancy > 0.9', 'Until site.occupancy <= 0.9'])).toEqual([]);
    expect(
      warnings(
        [],
        ['When site.status == MORGUE and site.occupancy > 0.1', 'Until site.status != MORGUE and site.occupancy < 0.8'],
      ),
    ).toEqual([]);
  });
});
