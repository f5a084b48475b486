import fc from 'fast-check';
import { expect, it } from 'vitest';
import { COMPARISON_OPERATORS } from './condition-ast.ts';
import { parseCondition } from './parse-condition.ts';
import { printCondition } from './print-condition.ts';

const KEYWORDS = ['and', 'not', 'until', 'from'];

/** Anything but white space, brackets and quotes of every kind included. */
const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .map((text) => text.replace(/[ \t\n\r\f\v]/g, '_'))
  .filter((text) => !KEYWORDS.includes(text));
const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' '));
const text = (of: fc.Arbitrary<string>) => of.map((written) => ({ text: written }));

const predicate = fc.oneof(
  fc.record({ kind: fc.constant('flag' as const), variable: text(word), negated: fc.boolean() }),
  fc.record({
    kind: fc.constant('comparison' as const),
    variable: text(word),
    operator: fc.constantFrom(...COMPARISON_OPERATORS),
    operand: text(words),
  }),
  fc.record({
    kind: fc.constant('membership' as const),
    variable: text(word),
    negated: fc.boolean(),
    items: fc.array(text(fc.oneof(word, fc.constantFrom('until', 'from', ']', '['))), { minLength: 1, maxLength: 4 }),
  }),
);
const condition = fc.record({
  predicates: fc.array(predicate, { minLength: 1, maxLength: 4 }),
  window: fc.option(fc.record({ kind: fc.constantFrom('until' as const, 'from' as const), time: text(words) })),
});

/** The tree without its places. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const places = ['span', 'operatorSpan', 'source', 'file'];
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (places.includes(key) ? [] : [[key, bare(inner)]])),
  );
}

it('what is printed parses to the same tree', () => {
  fc.assert(
    fc.property(condition, (tree) => {
      // Printing looks at no places.
      const printed = printCondition(tree as unknown as Parameters<typeof printCondition>[0]);
      const outcome = parseCondition(printed);
      expect(outcome.ok).toBe(true);
      if (!outcome.ok) return;
      const { predicates, window } = outcome.value;
      expect(bare({ predicates, window })).toEqual(tree);
      expect(printCondition(outcome.value)).toBe(printed);
    }),
    { numRuns: 300 },
  );
});

it('any text parses, or has faults that lie within it', () => {
  const pieces = fc.constantFrom(
    'a.b',
    'and',
    'not',
    'in',
    '[',
    ']',
    '==',
    '=~',
    'until',
    'from',
    '2020-01-01',
    'x',
    '\t',
  );
  const texts = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(texts, (source) => {
      const outcome = parseCondition(source);
      if (outcome.ok) {
        const again = parseCondition(printCondition(outcome.value));
        expect(again.ok && bare(again.value.predicates)).toEqual(bare(outcome.value.predicates));
        return;
      }
      expect(outcome.diagnostics.length).toBeGreaterThan(0);
      const lines = source.split('\n');
      for (const { line, column, length } of outcome.diagnostics) {
        const written = lines[line - 1] ?? '';
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column - 1 + length).toBeLessThanOrEqual(written.length);
      }
    }),
    { numRuns: 500, examples: [['until not'], ['from not']] },
  );
});
