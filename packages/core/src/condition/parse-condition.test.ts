import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../diagnostic/format-diagnostic.ts';
import { parseCondition } from './parse-condition.ts';
import { printCondition } from './print-condition.ts';

function parsed(text: string) {
  const outcome = parseCondition(text, { file: 'p.txt', line: 3, column: 9 });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((d) => d.message).join('; '));
  return outcome.value;
}

function faults(text: string): string[] {
  const outcome = parseCondition(text);
  return outcome.ok ? [] : outcome.diagnostics.map(({ column, message }) => `${column}: ${message}`);
}

describe('parseCondition', () => {
  it('reads the three forms of a predicate, and where each word stands', () => {
    const ast = parsed('blockreplica.is_locked  and not a.b and site.name notin [T1_*_Disk T2_[AB]*]');
    expect(ast.span).toEqual({ line: 3, column: 9, length: 76 });
    expect(ast.predicates).toMatchObject([
      { kind: 'flag', negated: false, variable: { text: 'blockreplica.is_locked', span: { line: 3, column: 9 } } },
      { kind: 'flag', negated: true, variable: { text: 'a.b', span: { line: 3, column: 41, length: 3 } } },
      {
        kind: 'membership',
        negated: true,
        items: [{ text: 'T1_*_Disk' }, { text: 'T2_[AB]*', span: { line: 3, column: 76, length: 8 } }],
      },
    ]);
  });

  it('takes an operand to the next ` and `, white space, brackets and bars included', () => {
    const { predicates } = parsed('blockreplica.owner == IB   RelVal and dataset.name =~ /(A|B)[^/]+ x/.*$');
    expect(predicates).toMatchObject([
      { operator: '==', operand: { text: 'IB RelVal' } },
      { operator: '=~', operand: { text: '/(A|B)[^/]+ x/.*$' } },
    ]);
  });

  it('takes `X not` for `not X`', () => {
    expect(parsed('dataset.x not').predicates).toMatchObject([{ kind: 'flag', negated: true }]);
  });

  it('takes `until` and `from` at the end of the last predicate only', () => {
    expect(parsed('a.b == x until y and c.d == z until 2030-01-01')).toMatchObject({
      predicates: [{ operand: { text: 'x until y' } }, { operand: { text: 'z' } }],
      window: { kind: 'until', time: { text: '2030-01-01' } },
    });
    expect(parsed('a.b from January 1')).toMatchObject({ predicates: [{ kind: 'flag' }], window: { kind: 'from' } });
    expect(parsed('a.b in [X until Y] until 2030-01-01').predicates[0]).toMatchObject({ items: { length: 3 } });
    expect(parsed('a.b in [X until Y]').window).toBeNull();
    expect(parsed('a.b older_than 3 days ago from 2030-01-01').predicates[0]).toMatchObject({
      operand: { text: '3 days ago' },
    });
  });

  it.each([
    ['', ['1: a condition is missing here']],
    ['a.b in [X Y', ['8: this `[` is not closed']],
    ['a.b in [X] Y', ['12: text after `]`']],
    ['a.b in [X] until Z and c.d', ['12: text after `]`']],
    ['a.b in []', ['8: the list is empty']],
    ['a.b in X', ['8: `in` needs a list']],
    ['a.b notin', ['5: `notin` needs a list']],
    ['a.b =! 3', ['5: unknown operator `=!`']],
    ['a.b ==', ['5: an operand is missing after `==`']],
    ['a.b == until 2030-01-01', ['5: an operand is missing after `==`']],
    ['not', ['1: `not` needs a variable']],
    ['not a.b == 3', ['1: `not` goes with a bare true-or-false variable only']],
    ['not not a.b', ['1: `not` goes with a bare true-or-false variable only']],
    ['a.b not c', ['9: nothing may follow `a.b not`']],
    ['a.b and', ['5: a predicate is missing after this `and`']],
    ['and a.b', ['1: a predicate is missing before this `and`']],
    ['a.b == x and and c.d', ['14: a predicate is missing before this `and`']],
    ['a.b until', ['5: `until` needs a time']],
    ['a.b == x from 2030-01-01 until 2031-01-01', ['10: a condition has one `until` or `from`, at its end']],
    ['a.b ~ x and c.d is y and e.f', ['5: unknown operator `~`', '17: unknown operator `is`']],
  ])('%j is wrong', (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('refuses a text of any length without reading it', () => {
    expect(faults('a '.repeat(40_000))).toEqual(['1: the condition is longer than 65536 characters']);
  });

  it('hints at the operator that was meant', () => {
    const hint = (text: string) => {
      const outcome = parseCondition(text);
      return outcome.ok ? undefined : outcome.diagnostics[0]?.hint;
    };
    expect(hint('a.b = 3')).toBe('did you mean `==`?');
    expect(hint('a.b oldr_than 3')).toBe('did you mean `older_than`?');
    expect(hint('a.b or c.d')).toBe('there is no `or`: write several lines');
    expect(hint('not a.b in [X]')).toBe('write `notin` instead');
  });

  it('prints in plain form', () => {
    const text = '  a.b   not and c.d\tin [ X   Y ] and e.f ==  x  y until  January   1 ';
    expect(printCondition(parsed(text))).toBe('not a.b and c.d in [X Y] and e.f == x y until January 1');
  });
});

describe('formatDiagnostic', () => {
  it('shows the place, the line and carets below the fault', () => {
    const text = 'Partition Physics\nProtect\tsite.name in [A B\n';
    const line = text.split('\n')[1] ?? '';
    const outcome = parseCondition(line.slice(8), { file: 'p.txt', line: 2, column: 9 });
    const shown = outcome.ok ? [] : outcome.diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, text));
    expect(shown).toEqual([
      'p.txt:2:22: this `[` is not closed (the list ends with `]`, before the next ` and `)\n' +
        '  Protect\tsite.name in [A B\n' +
        '         \t             ^',
    ]);
  });

  it('cuts long lines around the fault, and passes no control character on', () => {
    const text = `${'x'.repeat(500)} \u001b[31m= ${'y'.repeat(500)}`;
    const outcome = parseCondition(text);
    const [shown = ''] = outcome.ok ? [] : outcome.diagnostics.map((d) => formatDiagnostic(d, text));
    const [heading = '', excerpt = '', carets = ''] = shown.split('\n');
    expect(heading).toContain('1:502: unknown operator `\uFFFD[31m=`');
    expect(excerpt.length).toBeLessThan(180);
    expect(excerpt.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('\uFFFD[31m=');
    expect(shown).not.toContain('\u001b');
  });
});
