import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readCondition } from './check-condition.ts';
import { compileCondition, compilePredicate } from './compile-condition.ts';
import { interpretCondition, interpretPredicate } from './interpret-condition.ts';
import type { VariableDefinition, VariableValue } from './variable.ts';
import type { VariableBinder } from './variable-binder.ts';
import { VariableCatalogue } from './variable-catalogue.ts';

const nowSeconds = 1_767_225_600;

const variables: readonly VariableDefinition[] = [
  { name: 'dataset.t', level: 'dataset', type: { kind: 'text' }, source: 'stored', description: '' },
  { name: 'dataset.n', level: 'dataset', type: { kind: 'number' }, source: 'stored', description: '' },
  { name: 'dataset.d', level: 'dataset', type: { kind: 'time' }, source: 'stored', description: '' },
  { name: 'dataset.b', level: 'dataset', type: { kind: 'boolean' }, source: 'stored', description: '' },
  {
    name: 'dataset.e',
    level: 'dataset',
    type: { kind: 'enum', values: ['NONE', 'PARTIAL', 'FULL'] },
    source: 'stored',
    description: '',
  },
];
const catalogue = new VariableCatalogue({ purpose: 'a test', clock: true }, variables);

// Small alphabets, so that patterns and values meet.
const value = fc.string({ unit: fc.constantFrom('a', 'b', '/', '[', ']', '-', 'é', '😀'), maxLength: 6 });
const glob = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '*', '?', '[', ']', '!', '-', '😀'),
  minLength: 1,
  maxLength: 7,
});
const regex = fc
  .array(
    fc.constantFrom('a', 'b', '/', '.', '[ab]', '[^a]', '(a|b)', '(?:a|)', 'a*', 'b+', '.?', 'a{1,2}', '$', '\\b'),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((atoms) => atoms.join(''));
const number = fc.constantFrom('0', '1', '-1', '2.5', '1e3');
const time = fc.constantFrom('1 day ago', '2 months ago', 'January 1', '2026-01-01', '1767225600');
const wordOf = fc.constantFrom('NONE', 'partial', 'Full');
const list = (of: fc.Arbitrary<string>) =>
  fc.array(of, { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(' ')}]`);
const clause = (name: string, operators: readonly string[], operand: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom(...operators), operand).map(([operator, written]) => `${name} ${operator} ${written}`);

const predicate = fc.oneof(
  fc.constantFrom('dataset.b', 'not dataset.b', 'dataset.b not'),
  clause('dataset.t', ['==', '!='], glob),
  clause('dataset.t', ['=~', '!=~'], regex),
  clause('dataset.t', ['in', 'notin'], list(glob)),
  clause('dataset.n', ['==', '!=', '<', '>', '<=', '>='], number),
  clause('dataset.n', ['in', 'notin'], list(number)),
  clause('dataset.d', ['==', '!=', '<', '>', '<=', '>=', 'older_than', 'newer_than'], time),
  clause('dataset.e', ['==', '!='], wordOf),
  clause('dataset.e', ['in', 'notin'], list(wordOf)),
);
const condition = fc
  .tuple(
    fc.array(predicate, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', ' until 2026-01-01', ' from January 1'),
  )
  .map(([predicates, window]) => predicates.join(' and ') + window);

const row = fc.record({
  'dataset.t': value,
  'dataset.n': fc.constantFrom(0, 1, -1, 2.5, 1000, Number.POSITIVE_INFINITY),
  'dataset.d': fc.constantFrom(0, nowSeconds, nowSeconds - 86_400, nowSeconds - 86_401, nowSeconds - 62 * 86_400),
  'dataset.b': fc.boolean(),
  'dataset.e': fc.constantFrom('NONE', 'partial', 'FULL'),
});

type Row = Readonly<Record<string, VariableValue>>;

/** Codes with gaps, as row numbers of a table have them. */
function bind(rows: readonly Row[]): VariableBinder {
  return {
    numeric:
      ({ name }) =>
      (index) =>
        Number(rows[index]?.[name]),
    text: ({ name }) => {
      const dictionary = [...new Set(rows.map((each) => String(each[name])))];
      return {
        code: (index) => dictionary.indexOf(String(rows[index]?.[name])) * 37,
        text: (code) => dictionary[code / 37] ?? '',
      };
    },
  };
}

it('a compiled condition says what the naive interpreter says', () => {
  let meaningful = 0;
  fc.assert(
    fc.property(condition, fc.array(row, { minLength: 1, maxLength: 8 }), (text, rows) => {
      const outcome = readCondition(text, catalogue, { nowSeconds });
      // A class such as `[b-a]` is refused, and nothing else is.
      if (!outcome.ok) {
        for (const { message } of outcome.diagnostics) expect(message).toContain('runs backwards');
        return;
      }
      meaningful += 1;
      const checked = outcome.value;
      const compiled = compileCondition(checked, bind(rows));
      const valueIn = (index: number) => (variable: VariableDefinition) => (rows[index] as Row)[variable.name] ?? '';
      // Twice, since verdicts are remembered.
      for (const index of [...rows.keys(), ...rows.keys()]) {
        expect(compiled(index)).toBe(interpretCondition(checked, valueIn(index)));
        for (const each of checked.predicates) {
          expect(compilePredicate(each, bind(rows))(index)).toBe(interpretPredicate(each, valueIn(index)));
        }
      }
    }),
    { numRuns: 500 },
  );
  expect(meaningful).toBeGreaterThan(250);
});
