import { checkCondition, parseCondition, replicaVariables } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueFor } from './turning-value.ts';

const NOW = 1_767_225_600;

function turning(text: string, holds: boolean): string {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(text);
  const checked = checkCondition(parsed.value, replicaVariables(), { nowSeconds: NOW });
  const predicate = checked.ok ? checked.value.predicates[0] : undefined;
  if (predicate === undefined) throw new Error(text);
  return valueFor(predicate, holds);
}

describe('the value at which a predicate turns', () => {
  it.each([
    ['dataset.last_access older_than 30 days ago', 'before 2025-12-02T00:00:00Z', '2025-12-02T00:00:00Z or later'],
    ['replica.num_access == 0', '0', 'other than 0'],
    ['replica.num_access <= 3', 'at most 3', 'above 3'],
    ['not replica.incomplete', 'false', 'true'],
    ['dataset.status in [VALID INVALID]', 'one of VALID, INVALID', 'none of VALID, INVALID'],
    ['dataset.name == /*/RAW', 'like /*/RAW', 'not like /*/RAW'],
    ['blockreplica.owner != DataOps', 'other than DataOps', 'DataOps'],
  ])('of %s', (text, holding, failing) => {
    expect([turning(text, true), turning(text, false)]).toEqual([holding, failing]);
  });

  it('is on the other side of the operand', () => {
    const operators = ['<', '>', '<=', '>=', '==', '!='] as const;
    const holdsAt: Readonly<Record<string, (value: number, operand: number) => boolean>> = {
      below: (value, operand) => value < operand,
      above: (value, operand) => value > operand,
      'at most': (value, operand) => value <= operand,
      'at least': (value, operand) => value >= operand,
      'other than': (value, operand) => value !== operand,
      '': (value, operand) => value === operand,
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...operators),
        fc.integer({ min: 0, max: 5 }),
        fc.nat(6),
        (operator, operand, value) => {
          const text = `replica.num_access ${operator} ${operand}`;
          const says = (holds: boolean): boolean | undefined =>
            holdsAt[turning(text, holds).replace(/ ?\d+$/, '')]?.(value, operand);
          expect([says(true), says(false)].toSorted()).toEqual([false, true]);
        },
      ),
    );
  });
});
