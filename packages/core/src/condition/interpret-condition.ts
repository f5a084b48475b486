import type { CheckedCondition, CheckedPredicate, NumberOperator, TextPattern } from './checked-condition.ts';
import type { VariableDefinition, VariableValue } from './variable.ts';

/**
 * The meaning of predicates spelt out as plainly as possible: what compiled ones are tested against. Globs and
 * equality share no code with the compiler; regular expressions share only their engine.
 */
export function interpretPredicate(
  predicate: CheckedPredicate,
  valueFor: (variable: VariableDefinition) => VariableValue,
): boolean {
  const { test, variable } = predicate;
  const value = valueFor(variable);
  switch (test.kind) {
    case 'flag':
      return Boolean(value) === test.expected;
    case 'number':
      return compare(Number(value), test.operator, test.operand);
    case 'number-list':
      return test.operands.some((operand) => operand === Number(value)) === !test.negated;
    case 'text':
      return test.patterns.some((pattern) => matches(pattern, String(value))) === !test.negated;
    case 'enum':
      return test.words.some((word) => word === String(value).toUpperCase()) === !test.negated;
    default:
      return test satisfies never;
  }
}

export function interpretCondition(
  condition: CheckedCondition,
  valueFor: (variable: VariableDefinition) => VariableValue,
): boolean {
  return condition.active && condition.predicates.every((predicate) => interpretPredicate(predicate, valueFor));
}

function compare(value: number, operator: NumberOperator, operand: number): boolean {
  if (operator === '==') return value === operand;
  if (operator === '!=') return !(value === operand);
  if (operator === '<') return value < operand;
  if (operator === '>') return value > operand;
  return operator === '<=' ? value < operand || value === operand : value > operand || value === operand;
}

function matches(pattern: TextPattern, value: string): boolean {
  if (pattern.kind === 'equal') return pattern.source === value;
  if (pattern.kind === 'glob') return globMatches([...pattern.source], [...value]);
  return pattern.matches(value);
}

/** By recursion over the pattern, as a textbook has it: exponential in the number of `*`, for short texts only. */
function globMatches(pattern: readonly string[], text: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return text.length === 0;
  if (head === '*') return globMatches(rest, text) || (text.length > 0 && globMatches(pattern, text.slice(1)));
  const [character, ...others] = text;
  if (character === undefined) return false;
  if (head === '?') return globMatches(rest, others);
  // The first member of a class may be `]`; a class that is not closed is none.
  const start = rest[0] === '!' ? 1 : 0;
  const close = head === '[' ? rest.indexOf(']', start + 1) : -1;
  if (close < 0) return head === character && globMatches(rest, others);
  const inClass = classHas(rest.slice(start, close), character);
  return inClass === (start === 0) && globMatches(rest.slice(close + 1), others);
}

function classHas(members: readonly string[], character: string): boolean {
  const [low, dash, high] = members;
  if (low === undefined) return false;
  if (dash === '-' && high !== undefined) {
    const point = character.codePointAt(0) ?? 0;
    return (
      (point >= (low.codePointAt(0) ?? 0) && point <= (high.codePointAt(0) ?? 0)) ||
      classHas(members.slice(3), character)
    );
  }
  return low === character || classHas(members.slice(1), character);
}
