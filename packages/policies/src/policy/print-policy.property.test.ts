import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePolicy } from './parse-policy.ts';
import { printPolicy, printPolicyEntry } from './print-policy.ts';

const gap = fc.constantFrom(' ', '  ', '\t');
const name = fc.constantFrom('Physics', 'IB RelVal', 'caf-alca', 'x:y');
const predicate = fc.constantFrom(
  'replica.incomplete',
  'blockreplica.is_locked not',
  'dataset.name == /*/*/RAW',
  'site.name  notin [ A  B* ]',
  'dataset.last_update   older_than 3 days ago',
);
const condition = fc
  .tuple(
    fc.array(predicate, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', ' until  January 1', ' from 2030-01-01'),
  )
  .map(([predicates, window]) => predicates.join(' and  ') + window);
const action = fc.constantFrom('Protect', 'Delete', 'Dismiss', 'Ignore', 'ProtectBlock', 'DeleteBlock', 'DismissBlock');
const line = fc.oneof(
  fc.constantFrom('', '# comment', '### x', 'Algo Static', 'Protect', 'Ignore', 'Order none', 'Order increasing a.b'),
  fc.tuple(gap, name).map(([space, each]) => `Partition${space}${each}`),
  fc
    .tuple(fc.oneof(fc.constantFrom('On', 'When', 'Until'), action), gap, condition)
    .map(([word, space, each]) => `${word}${space}${each}`),
);
const text = fc
  .array(fc.tuple(fc.constantFrom('', '  '), line, fc.constantFrom('\n', ' \n', '\r\n')), { maxLength: 20 })
  .map((lines) => lines.map((parts) => parts.join('')).join(''));

it('what is printed parses to the same entries', () => {
  fc.assert(
    fc.property(text, (written) => {
      const first = parsePolicy(written);
      if (!first.ok) throw new Error(JSON.stringify(first.diagnostics));
      expect(first.value.entries).toHaveLength(written.split('\n').length - 1);
      const printed = printPolicy(first.value);
      const second = parsePolicy(printed);
      if (!second.ok) throw new Error(JSON.stringify(second.diagnostics));
      const plain = (entries: typeof first.value.entries) =>
        entries.map((entry) => ({ kind: entry.kind, line: entry.line, printed: printPolicyEntry(entry) }));
      expect(plain(second.value.entries)).toEqual(plain(first.value.entries));
      expect(printPolicy(second.value)).toBe(printed);
    }),
    { numRuns: 200 },
  );
});

it('any text parses, or has faults at places in it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 60 }),
        text.map((each) => each.replaceAll('e', ' ')),
      ),
      (written) => {
        const outcome = parsePolicy(written);
        if (outcome.ok) return;
        const lines = written.split('\n');
        for (const { line: at, column, length } of outcome.diagnostics) {
          expect(column - 1 + length).toBeLessThanOrEqual((lines[at - 1] ?? '').length);
        }
      },
    ),
    { numRuns: 300 },
  );
});
