import type { CheckedPredicate, PredicateTest } from './checked-condition.ts';
import { textVerdict } from './text-verdict.ts';
import type { VariableType } from './variable.ts';

/**
 * Predicates on one variable that no value satisfies together, or undefined if none are found. The predicates must be
 * about one thing: those of a dataset replica on block-replica variables may each be satisfied by another block.
 * Sound, not complete: what it finds is a contradiction, but two patterns that exclude each other go unnoticed.
 */
export function findContradiction(predicates: readonly CheckedPredicate[]): readonly CheckedPredicate[] | undefined {
  return [...Map.groupBy(predicates, ({ variable }) => variable.name).values()].find((group) => {
    const [first] = group;
    return (
      first !== undefined &&
      isEmpty(
        first.variable.type,
        group.map(({ test }) => test),
      )
    );
  });
}

/** True for a predicate that every value satisfies, such as `site.name == *`. Sound, not complete. */
export function alwaysHolds({ variable, test }: CheckedPredicate): boolean {
  if (variable.name === 'always') return test.kind === 'flag' && test.expected;
  if (variable.name === 'never') return test.kind === 'flag' && !test.expected;
  if (test.kind === 'text') {
    return !test.negated && test.patterns.some(({ kind, source }) => kind === 'glob' && /^\*+$/.test(source));
  }
  return variable.type.kind === 'enum' && variable.type.values.every((word) => satisfies(test, word));
}

function isEmpty(type: VariableType, tests: readonly PredicateTest[]): boolean {
  const candidates = finiteCandidates(type, tests);
  if (candidates !== undefined) return !candidates.some((value) => tests.every((test) => satisfies(test, value)));
  return isEmptyInterval(tests) || excludesOwnPattern(tests);
}

/** A finite set that holds every value that may satisfy all tests, or undefined if none is at hand. */
function finiteCandidates(
  type: VariableType,
  tests: readonly PredicateTest[],
): readonly (string | number | boolean)[] | undefined {
  if (type.kind === 'boolean') return [false, true];
  if (type.kind === 'enum') return type.values;
  for (const test of tests) {
    if (test.kind === 'number' && test.operator === '==') return [test.operand];
    if (test.kind === 'number-list' && !test.negated) return test.operands;
    if (test.kind === 'text' && !test.negated && test.patterns.every(({ kind }) => kind === 'equal')) {
      return test.patterns.map(({ source }) => source);
    }
  }
  return undefined;
}

function satisfies(test: PredicateTest, value: string | number | boolean): boolean {
  switch (test.kind) {
    case 'flag':
      return value === test.expected;
    case 'number': {
      const { operator, operand } = test;
      if (operator === '==' || operator === '!=') return (value === operand) === (operator === '==');
      if (value === operand) return operator === '<=' || operator === '>=';
      return Number(value) < operand === operator.startsWith('<');
    }
    case 'number-list':
      return test.operands.includes(Number(value)) !== test.negated;
    case 'text':
    case 'enum':
      return textVerdict(test)(String(value));
    default:
      return test satisfies never;
  }
}

/** `x > 5 and x < 3`. */
function isEmptyInterval(tests: readonly PredicateTest[]): boolean {
  const bounds = tests.filter((test) => test.kind === 'number');
  const low = Math.max(...bounds.filter(({ operator }) => operator.startsWith('>')).map(({ operand }) => operand));
  const high = Math.min(...bounds.filter(({ operator }) => operator.startsWith('<')).map(({ operand }) => operand));
  return low > high || (low === high && !tests.every((test) => satisfies(test, low)));
}

/** `x == /A* and x != /A*`. */
function excludesOwnPattern(tests: readonly PredicateTest[]): boolean {
  const texts = tests.filter((test) => test.kind === 'text');
  const excluded = new Set(texts.filter(({ negated }) => negated).flatMap(({ patterns }) => patterns.map(keyOf)));
  return texts.some(({ negated, patterns }) => !negated && patterns.every((pattern) => excluded.has(keyOf(pattern))));
}

function keyOf(pattern: { readonly kind: string; readonly source: string }): string {
  return `${pattern.kind} ${pattern.source}`;
}
