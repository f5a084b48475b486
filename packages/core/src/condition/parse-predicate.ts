import { COMPARISON_OPERATORS, type ComparisonOperator, type PredicateAst } from './condition-ast.ts';
import { nearestName } from './nearest-name.ts';
import type { SourceSlice, Word } from './source-text.ts';

export type FaultSink = (at: SourceSlice, message: string, hint?: string) => void;

/** Undefined if it is not well-formed; `fault` has been told why. */
export function parsePredicate(piece: SourceSlice, fault: FaultSink): PredicateAst | undefined {
  const words = piece.words();
  const [first, second] = words;
  if (first === undefined) return undefined;
  const source = piece.word();
  if (first.text === 'until' || first.text === 'from') {
    fault(first, `a predicate is missing before \`${first.text}\``);
    return undefined;
  }
  if (first.text === 'not') return parseNot(piece, words, fault);
  if (second === undefined) return { kind: 'flag', variable: first.word(), negated: false, source };
  const operator = second.text;
  const rest = piece.slice(second.end - piece.start).trim();
  if (operator === 'not') {
    if (rest.isEmpty) return { kind: 'flag', variable: first.word(), negated: true, source };
    fault(rest, `nothing may follow \`${first.text} not\``, 'predicates are joined by ` and `');
    return undefined;
  }
  if (operator === 'in' || operator === 'notin') {
    const items = parseItems(rest, second, fault);
    if (items === undefined) return undefined;
    const negated = operator === 'notin';
    return { kind: 'membership', variable: first.word(), negated, operatorSpan: second.span(), items, source };
  }
  if (!isComparisonOperator(operator)) {
    fault(second, `unknown operator \`${operator}\``, operatorHint(operator));
    return undefined;
  }
  if (rest.isEmpty) {
    fault(second, `an operand is missing after \`${operator}\``);
    return undefined;
  }
  const operatorSpan = second.span();
  return { kind: 'comparison', variable: first.word(), operator, operatorSpan, operand: rest.word(), source };
}

function parseNot(piece: SourceSlice, words: readonly SourceSlice[], fault: FaultSink): PredicateAst | undefined {
  const [not, variable, third] = words;
  if (not === undefined || variable === undefined) {
    fault(piece, '`not` needs a variable', 'write `not blockreplica.is_locked`');
    return undefined;
  }
  if (third === undefined) return { kind: 'flag', variable: variable.word(), negated: true, source: piece.word() };
  const negation = { '==': '!=', '=~': '!=~', in: 'notin' }[third.text];
  const hint = negation === undefined ? 'one `not`, and nothing after the variable' : `write \`${negation}\` instead`;
  fault(not, '`not` goes with a bare true-or-false variable only', hint);
  return undefined;
}

/** The list ends with the last `]` of the predicate, since items may be globs with character classes. */
function parseItems(list: SourceSlice, operator: SourceSlice, fault: FaultSink): Word[] | undefined {
  if (list.isEmpty || !list.text.startsWith('[')) {
    fault(list.isEmpty ? operator : list, `\`${operator.text}\` needs a list`, `write \`${operator.text} [A B]\``);
    return undefined;
  }
  const close = list.text.lastIndexOf(']');
  if (close < 0) {
    fault(list.slice(0, 1), 'this `[` is not closed', 'the list ends with `]`, before the next ` and `');
    return undefined;
  }
  const after = list.slice(close + 1).trim();
  if (!after.isEmpty) {
    fault(after, 'text after `]`', 'predicates are joined by ` and `; items stand between the brackets');
    return undefined;
  }
  const items = list.slice(1, close).words();
  if (items.length > 0) return items.map((item) => item.word());
  fault(list, 'the list is empty', 'name at least one item');
  return undefined;
}

function isComparisonOperator(word: string): word is ComparisonOperator {
  return (COMPARISON_OPERATORS as readonly string[]).includes(word);
}

const OPERATORS: readonly string[] = [...COMPARISON_OPERATORS, 'in', 'notin', 'not'];

const MISTAKEN: Readonly<Record<string, string>> = {
  '=': '==',
  '===': '==',
  is: '==',
  equals: '==',
  '<>': '!=',
  '!==': '!=',
  '~': '=~',
  '~=': '=~',
  '!~': '!=~',
  '=<': '<=',
  '=>': '>=',
  before: 'older_than',
  after: 'newer_than',
};

function operatorHint(word: string): string {
  if (word === 'or' || word === '||') return 'there is no `or`: write several lines';
  if (word === 'AND' || word === '&&') return 'predicates are joined by ` and `, in lower case';
  if (/^(?:not)?in\[/.test(word)) return 'put white space before `[`';
  const meant = MISTAKEN[word] ?? nearestName(word, OPERATORS);
  return meant === undefined ? `operators are ${OPERATORS.join(' ')}` : `did you mean \`${meant}\`?`;
}
