import { readCondition } from '@dynamo/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NameIndex } from './name-index.ts';
import { ruleVariables } from './rules/rule-variables.ts';

const part = fc.constantFrom('A', 'B', 'AOD', 'A*', '*', '?', '[AB]', 'A[', '');
const name = fc
  .array(fc.constantFrom('A', 'B', 'AOD', 'BA', ''), { minLength: 1, maxLength: 4 })
  .map((parts) => `/${parts.join('/')}`);
const pattern = fc.oneof(
  name,
  fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `${parts[0]}/${parts.slice(1).join('/')}*`),
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`),
);
const operator = fc.constantFrom('==', '!=', '=~');

it('never leaves out a condition that holds', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(operator, pattern), { maxLength: 8 }), name, (conditions, dataset) => {
      const index = new NameIndex<number>();
      const holding = new Set<number>();
      for (const [i, [how, text]] of conditions.entries()) {
        const outcome = readCondition(`dataset.name ${how} ${text} and dataset.size > 0`, ruleVariables(), {
          nowSeconds: 0,
        });
        if (!outcome.ok) continue;
        index.add(outcome.value, i);
        const test = outcome.value.predicates[0]?.test;
        if (test?.kind === 'text' && test.patterns.some(({ matches }) => matches(dataset)) !== test.negated)
          holding.add(i);
      }
      const visited = new Set<number>();
      index.visit(dataset, (i) => visited.add(i));
      expect(holding.isSubsetOf(visited)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it('leaves out most of what names other datasets', () => {
  const index = new NameIndex<string>();
  for (const text of ['/EGamma/Run*/RAW', '/*/*/AOD', '/JetHT/*', '/*/*/MINIAOD*']) {
    const outcome = readCondition(`dataset.name == ${text}`, ruleVariables(), { nowSeconds: 0 });
    if (outcome.ok) index.add(outcome.value, text);
  }
  const visited: string[] = [];
  index.visit('/JetHT/Run2018A/AOD', (text) => visited.push(text));
  expect(visited.sort()).toEqual(['/*/*/AOD', '/*/*/MINIAOD*', '/JetHT/*']);
});
