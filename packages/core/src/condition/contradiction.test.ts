import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readCondition } from './check-condition.ts';
import { alwaysHolds, findContradiction } from './contradiction.ts';
import { interpretCondition } from './interpret-condition.ts';
import { replicaVariables, siteVariables } from './standard-variables.ts';

function predicates(text: string, catalogue = replicaVariables()) {
  const outcome = readCondition(text, catalogue, { nowSeconds: 1_767_225_600 });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join('; '));
  return outcome.value.predicates;
}

it.each([
  ['replica.incomplete and not replica.incomplete', true],
  ['replica.incomplete and not dataset.on_protected_site', false],
  ['dataset.status == VALID and dataset.status in [INVALID DELETED]', true],
  ['dataset.on_tape notin [NONE PARTIAL FULL]', true],
  ['dataset.on_tape != NONE and dataset.on_tape != FULL', false],
  ['dataset.size > 5 and dataset.size < 3', true],
  ['dataset.size >= 5 and dataset.size <= 5', false],
  ['dataset.size >= 5 and dataset.size < 5', true],
  ['dataset.size >= 5 and dataset.size <= 5 and dataset.size != 5', true],
  ['dataset.size == 5 and dataset.size > 5', true],
  ['dataset.size in [1 5] and dataset.size > 4', false],
  ['dataset.last_update older_than 3 days ago and dataset.last_update newer_than 1 day ago', true],
  ['dataset.name == /A/B/RAW and dataset.name == /*/*/AOD', true],
  ['dataset.name == /A/B/RAW and dataset.name == /*/*/RAW', false],
  ['dataset.name == /*/RAW and dataset.name != /*/RAW', true],
  ['dataset.name =~ /A and dataset.name !=~ /AB', false],
])('%s contradicts itself: %s', (text, expected) => {
  expect(findContradiction(predicates(text)) !== undefined).toBe(expected);
});

it('no value satisfies what it calls a contradiction', () => {
  const clause = fc
    .tuple(fc.constantFrom('==', '!=', '<', '>', '<=', '>='), fc.integer({ min: 0, max: 4 }))
    .map(([operator, operand]) => `dataset.size ${operator} ${operand}`);
  const list = fc
    .tuple(fc.constantFrom('in', 'notin'), fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 }))
    .map(([operator, items]) => `dataset.size ${operator} [${items.join(' ')}]`);
  // Halves stand for all values between whole numbers. On comparisons of one number it is complete as well.
  const values = Array.from({ length: 15 }, (_, i) => (i - 2) / 2);
  fc.assert(
    fc.property(fc.array(fc.oneof(clause, list), { minLength: 1, maxLength: 4 }), (clauses) => {
      const outcome = readCondition(clauses.join(' and '), replicaVariables());
      if (!outcome.ok) throw new Error('not a condition');
      const satisfiable = values.some((value) => interpretCondition(outcome.value, () => value));
      expect(findContradiction(outcome.value.predicates) === undefined).toBe(satisfiable);
    }),
    { numRuns: 500 },
  );
});

it('knows what holds for everything', () => {
  const holds = (text: string, catalogue = replicaVariables()) => predicates(text, catalogue).map(alwaysHolds);
  expect(holds('site.name == * and dataset.name in [/A /B] and dataset.name in [/A ** ]')).toEqual([true, false, true]);
  expect(holds('dataset.on_tape in [NONE PARTIAL FULL] and dataset.on_tape != NONE')).toEqual([true, false]);
  expect(holds('dataset.name != * and replica.incomplete')).toEqual([false, false]);
  expect(holds('always and not never and never and not always', siteVariables())).toEqual([true, true, false, false]);
});
