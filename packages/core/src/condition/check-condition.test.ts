import { describe, expect, it } from 'vitest';
import { readCondition } from './check-condition.ts';
import { partitionVariables, replicaVariables, siteVariables } from './standard-variables.ts';

const nowSeconds = Date.UTC(2026, 0, 1) / 1000;

function check(text: string, catalogue = replicaVariables()) {
  return readCondition(text, catalogue, { nowSeconds });
}

function tests(text: string, catalogue = replicaVariables()) {
  const outcome = check(text, catalogue);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((d) => d.message).join('; '));
  return outcome.value.predicates.map((predicate) => predicate.test);
}

function faults(text: string, catalogue = replicaVariables()): string[] {
  const outcome = check(text, catalogue);
  if (outcome.ok) return [];
  return outcome.diagnostics.map(({ column, length, message, hint }) =>
    [`${column}+${length}: ${message}`, ...(hint === undefined ? [] : [hint])].join(' | '),
  );
}

describe('checkCondition', () => {
  it('gives every operand its value', () => {
    expect(tests('dataset.usage_rank > 1.5e2 and replica.num_access in [0 1]')).toEqual([
      { kind: 'number', operator: '>', operand: 150 },
      { kind: 'number-list', negated: false, operands: [0, 1] },
    ]);
    expect(tests('dataset.status notin [valid INVALID] and dataset.on_tape != Partial')).toEqual([
      { kind: 'enum', negated: true, words: ['VALID', 'INVALID'] },
      { kind: 'enum', negated: true, words: ['PARTIAL'] },
    ]);
    expect(tests('not blockreplica.is_locked and site.name !=~ T2_')).toMatchObject([
      { kind: 'flag', expected: false },
      { kind: 'text', negated: true, patterns: [{ kind: 'regex', source: 'T2_' }] },
    ]);
  });

  it('fixes relative times by the clock of the run', () => {
    expect(tests('dataset.last_update older_than 1 day ago and dataset.last_access newer_than January 1')).toEqual([
      { kind: 'number', operator: '<', operand: nowSeconds - 86_400 },
      { kind: 'number', operator: '>', operand: nowSeconds },
    ]);
  });

  it('takes brackets for a class in a glob only', () => {
    const [equal, glob] = tests('dataset.name == A[bc] and dataset.name == A[bc]*');
    expect(equal).toMatchObject({ patterns: [{ kind: 'equal' }] });
    expect(glob).toMatchObject({ patterns: [{ kind: 'glob' }] });
    if (equal?.kind !== 'text' || glob?.kind !== 'text') throw new Error('not text');
    expect(['A[bc]', 'Ab', 'Ad'].map((name) => equal.patterns[0]?.matches(name))).toEqual([true, false, false]);
    expect(['A[bc]', 'Ab', 'Ad'].map((name) => glob.patterns[0]?.matches(name))).toEqual([false, true, false]);
  });

  it.each([
    ['until 2026-01-02', true],
    ['until 2026-01-01', false],
    ['from 2026-01-01', true],
    ['from 2026-01-01T00:00:01Z', false],
  ])('%s at the first second of 2026: %s', (window, active) => {
    expect(check(`replica.incomplete ${window}`)).toMatchObject({ ok: true, value: { active } });
  });

  it.each([
    [
      'dataset.statsu == VALID',
      ['1+14: a condition over replicas has no variable `dataset.statsu` | did you mean `dataset.status`?'],
    ],
    [
      'usage_rank > 3',
      ['1+10: a condition over replicas has no variable `usage_rank` | did you mean `dataset.usage_rank`?'],
    ],
    ['dataset.size>3', ['1+14: unknown variable `dataset.size>3` | put white space around the operator']],
    ['xyzzy', ['1+5: a condition over replicas has no variable `xyzzy`']],
    ['dataset.on_tape == YES', ['20+3: `dataset.on_tape` is never `YES` | it is one of NONE, PARTIAL, FULL']],
    [
      'dataset.status in [VALD PRODUCTION]',
      [
        '20+4: `dataset.status` is never `VALD` | did you mean VALID? it is one of UNKNOWN, DELETED, DEPRECATED, INVALID, PRODUCTION, VALID, IGNORED',
      ],
    ],
    [
      'replica.incomplete == 1',
      ['20+2: `replica.incomplete` is true or false: write it bare | `replica.incomplete` or `not replica.incomplete`'],
    ],
    [
      'replica.incomplete in [1]',
      ['20+2: `replica.incomplete` is true or false: write it bare | `replica.incomplete` or `not replica.incomplete`'],
    ],
    ['dataset.size', ['1+12: `dataset.size` is a number: compare it with something | write `dataset.size == ...`']],
    ['not dataset.size', ['5+12: `dataset.size` is a number: compare it with something | write `dataset.size != ...`']],
    ['dataset.size > 3 TB', ['16+4: `3 TB` is not a number, and `dataset.size` is one']],
    ['dataset.size > 1e999', ['16+5: `1e999` is not a number, and `dataset.size` is one']],
    ['dataset.size > 0x10', ['16+4: `0x10` is not a number, and `dataset.size` is one']],
    [
      'dataset.size older_than 3',
      ['14+10: `dataset.size` is a number: it has no `older_than` | use one of == != < > <= >= in notin'],
    ],
    ['dataset.name < B', ['14+1: `dataset.name` is text: it has no `<` | use one of == != =~ !=~ in notin']],
    ['dataset.status =~ V.*', ['16+2: `dataset.status` is a word: it has no `=~` | use one of == != in notin']],
    [
      'dataset.last_update older_than 3 dags ago',
      ['32+10: unknown unit of time `dags` | one of second, minute, hour, day, week, month, year'],
    ],
    ['dataset.name =~ /(A|B', ['17+5: not a regular expression: missing closing )']],
    ['dataset.name =~ ab[c', ['19+2: not a regular expression: missing closing ]']],
    ['dataset.name == /A[z-a]*', ['19+5: `[z-a]` has a range that runs backwards']],
    ['site.occupancy > 0.9', ['1+14: a condition over replicas has no variable `site.occupancy`']],
    [
      'dataset.sise > 1 and dataset.name ~ x and dataset.nme == y',
      [
        '1+12: a condition over replicas has no variable `dataset.sise` | did you mean `dataset.size`?',
        '35+1: unknown operator `~` | did you mean `=~`?',
        '43+11: a condition over replicas has no variable `dataset.nme` | did you mean `dataset.name`?',
      ],
    ],
  ])('%s is wrong', (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('knows sites by their occupancy, and only them', () => {
    expect(tests('site.occupancy > 0.9 and site.status != MORGUE', siteVariables())).toHaveLength(2);
    expect(tests('never', siteVariables())).toEqual([{ kind: 'flag', expected: true }]);
    expect(faults('dataset.size > 1', siteVariables())).toHaveLength(1);
  });

  it('lets partitions use stored facts only, and no clock', () => {
    const partition = partitionVariables();
    expect(tests('blockreplica.owner == IB RelVal and dataset.last_update > 2018-01-01', partition)).toHaveLength(2);
    expect(faults('dataset.usage_rank > 3 and blockreplica.is_locked and dataset.size > 1', partition)).toHaveLength(3);
    expect(faults('dataset.last_update older_than 3 days ago', partition)).toEqual([
      '32+10: a partition condition has no clock: `3 days ago` means nothing in it | write a date',
    ]);
    expect(faults('site.storage_type == DISK until 2030-01-01', partition)).toEqual([
      '27+16: a partition condition has no clock, so it cannot hold `until` a time',
    ]);
  });

  it('asks for the clock only where a time depends on it', () => {
    const unclocked = (text: string) => readCondition(text, replicaVariables());
    expect(unclocked('dataset.last_update > 2018-01-01').ok).toBe(true);
    expect(unclocked('dataset.last_update older_than 3 days ago').ok).toBe(false);
    expect(unclocked('replica.incomplete until 2030-01-01').ok).toBe(false);
  });

  it('takes variables that experiments add', () => {
    const catalogue = replicaVariables().extend([
      { name: 'dataset.colour', level: 'dataset', type: { kind: 'text' }, source: 'producer', description: '' },
    ]);
    expect(tests('dataset.colour == blue green', catalogue)).toHaveLength(1);
    expect(faults('dataset.colour == blue')).toHaveLength(1);
    expect(() =>
      catalogue.extend([
        { name: 'dataset.colour', level: 'dataset', type: { kind: 'number' }, source: 'producer', description: '' },
      ]),
    ).toThrow('defined twice');
    expect(() =>
      catalogue.extend([
        { name: 'site colour', level: 'site', type: { kind: 'number' }, source: 'producer', description: '' },
      ]),
    ).toThrow('not named');
  });
});
