import { type CheckedPredicate, describeValue, type TextPattern, type VariableType } from '@dynamo/core';

type NumberTest = Extract<CheckedPredicate['test'], { kind: 'number' }>;

/** What the variable would have to be for the predicate to say `holds`: `before 2026-08-01T00:00:00Z`, `at least 2`. */
export function valueFor({ test, variable }: CheckedPredicate, holds: boolean): string {
  switch (test.kind) {
    case 'flag':
      return String(test.expected === holds);
    case 'number':
      return describeRange(holds ? test.operator : OPPOSITES[test.operator], test.operand, variable.type);
    case 'number-list':
      return oneOf(
        test.operands.map((operand) => describeValue(variable.type, operand)),
        test.negated !== holds,
      );
    case 'text':
      return likeOneOf(test.patterns, test.negated !== holds);
    case 'enum':
      return oneOf(test.words, test.negated !== holds);
    default:
      return test satisfies never;
  }
}

const OPPOSITES: Readonly<Record<NumberTest['operator'], NumberTest['operator']>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '>': '<=',
  '<=': '>',
  '>=': '<',
};

function describeRange(operator: NumberTest['operator'], operand: number, type: VariableType): string {
  const value = describeValue(type, operand);
  const isTime = type.kind === 'time';
  switch (operator) {
    case '==':
      return value;
    case '!=':
      return `other than ${value}`;
    case '<':
      return isTime ? `before ${value}` : `below ${value}`;
    case '>':
      return isTime ? `after ${value}` : `above ${value}`;
    case '<=':
      return isTime ? `${value} or before` : `at most ${value}`;
    case '>=':
      return isTime ? `${value} or later` : `at least ${value}`;
    default:
      return operator satisfies never;
  }
}

function likeOneOf(patterns: readonly TextPattern[], isOne: boolean): string {
  const sources = patterns.map(({ source }) => source);
  if (patterns.every(({ kind }) => kind === 'equal')) return oneOf(sources, isOne);
  return `${isOne ? '' : 'not '}like ${sources.join(' or ')}`;
}

function oneOf(values: readonly string[], isOne: boolean): string {
  const list = values.join(', ');
  if (!isOne) return values.length === 1 ? `other than ${list}` : `none of ${list}`;
  return values.length === 1 ? list : `one of ${list}`;
}
