import type { NumberOperator, PredicateTest, TextPattern } from './checked-condition.ts';
import type { PredicateAst } from './condition-ast.ts';
import { compileGlob, isGlob } from './glob.ts';
import { nearestName } from './nearest-name.ts';
import { compileAnchoredRegex } from './regex.ts';
import type { Span, Word } from './source-text.ts';
import { dependsOnClock, parseTime, resolveTime } from './time.ts';
import type { VariableDefinition } from './variable.ts';
import type { VariableCatalogue } from './variable-catalogue.ts';

export interface CheckContext {
  readonly catalogue: VariableCatalogue;
  /** Undefined: there is no clock here. */
  readonly nowSeconds: number | undefined;
  readonly fault: (at: Span, message: string, hint?: string) => void;
}

type Written<Kind extends PredicateAst['kind']> = Extract<PredicateAst, { kind: Kind }>;
type Operand = Written<'comparison'> | Written<'membership'>;

/** Undefined if the predicate means nothing; `context.fault` has been told why. */
export function checkPredicateTest(
  predicate: PredicateAst,
  variable: VariableDefinition,
  context: CheckContext,
): PredicateTest | undefined {
  const { name, type } = variable;
  if (predicate.kind === 'flag') {
    if (type.kind === 'boolean') return { kind: 'flag', expected: !predicate.negated };
    const operator = type.kind === 'time' ? 'older_than' : '==';
    const hint = `write \`${name} ${predicate.negated ? '!=' : operator} ...\``;
    context.fault(predicate.variable.span, `\`${name}\` is ${KINDS[type.kind]}: compare it with something`, hint);
    return undefined;
  }
  switch (type.kind) {
    case 'boolean':
      context.fault(
        predicate.operatorSpan,
        `\`${name}\` is true or false: write it bare`,
        `\`${name}\` or \`not ${name}\``,
      );
      return undefined;
    case 'text':
      return checkText(predicate, variable, context);
    case 'enum':
      return checkEnum(predicate, variable, type.values, context);
    case 'number':
    case 'time':
      return checkNumber(predicate, variable, context);
    default:
      return type satisfies never;
  }
}

/** Seconds since 1970. */
export function resolveTimeWord(word: Word, { catalogue, nowSeconds, fault }: CheckContext): number | undefined {
  const time = parseTime(word.text);
  if (!time.ok) {
    fault(word.span, time.message, time.hint);
    return undefined;
  }
  if (nowSeconds === undefined && dependsOnClock(time.value)) {
    if (catalogue.clock) fault(word.span, `\`${word.text}\` needs the time of the run`);
    else fault(word.span, `${catalogue.purpose} has no clock: \`${word.text}\` means nothing in it`, 'write a date');
    return undefined;
  }
  const resolved = resolveTime(time.value, nowSeconds ?? 0);
  if (resolved.ok) return resolved.value;
  fault(word.span, resolved.message);
  return undefined;
}

function checkText(predicate: Operand, variable: VariableDefinition, context: CheckContext): PredicateTest | undefined {
  if (predicate.kind === 'membership') {
    const patterns = all(predicate.items, (item) => checkPattern(item, context));
    return patterns && { kind: 'text', negated: predicate.negated, patterns };
  }
  const { operator, operand } = predicate;
  if (operator === '==' || operator === '!=') {
    const pattern = checkPattern(operand, context);
    return pattern && { kind: 'text', negated: operator === '!=', patterns: [pattern] };
  }
  if (operator === '=~' || operator === '!=~') {
    const pattern = checkRegex(operand, context);
    return pattern && { kind: 'text', negated: operator === '!=~', patterns: [pattern] };
  }
  return wrongOperator(predicate, variable, '== != =~ !=~ in notin', context);
}

function checkEnum(
  predicate: Operand,
  variable: VariableDefinition,
  values: readonly string[],
  context: CheckContext,
): PredicateTest | undefined {
  if (predicate.kind === 'membership') {
    const words = all(predicate.items, (item) => checkWord(item, variable, values, context));
    return words && { kind: 'enum', negated: predicate.negated, words };
  }
  const { operator, operand } = predicate;
  if (operator !== '==' && operator !== '!=') return wrongOperator(predicate, variable, '== != in notin', context);
  const word = checkWord(operand, variable, values, context);
  return word === undefined ? undefined : { kind: 'enum', negated: operator === '!=', words: [word] };
}

function checkNumber(
  predicate: Operand,
  variable: VariableDefinition,
  context: CheckContext,
): PredicateTest | undefined {
  const isTime = variable.type.kind === 'time';
  const read = (word: Word): number | undefined =>
    isTime ? resolveTimeWord(word, context) : checkNumberWord(word, variable, context);
  if (predicate.kind === 'membership') {
    const operands = all(predicate.items, read);
    return operands && { kind: 'number-list', negated: predicate.negated, operands };
  }
  const operator = numberOperator(predicate.operator, isTime);
  if (operator === undefined) {
    const operators = `== != < > <= >= ${isTime ? 'older_than newer_than ' : ''}in notin`;
    return wrongOperator(predicate, variable, operators, context);
  }
  const operand = read(predicate.operand);
  return operand === undefined ? undefined : { kind: 'number', operator, operand };
}

function numberOperator(operator: Written<'comparison'>['operator'], isTime: boolean): NumberOperator | undefined {
  if (operator === 'older_than') return isTime ? '<' : undefined;
  if (operator === 'newer_than') return isTime ? '>' : undefined;
  return operator === '=~' || operator === '!=~' ? undefined : operator;
}

function checkPattern({ text, span }: Word, { fault }: CheckContext): TextPattern | undefined {
  if (!isGlob(text)) return { kind: 'equal', source: text, matches: (value) => value === text };
  const glob = compileGlob(text);
  if (glob.ok) return { kind: 'glob', source: text, matches: glob.matches };
  fault(within(span, glob), glob.message);
  return undefined;
}

function checkRegex({ text, span }: Word, { fault }: CheckContext): TextPattern | undefined {
  const regex = compileAnchoredRegex(text);
  if (regex.ok) return { kind: 'regex', source: text, matches: regex.matches };
  fault(within(span, regex), regex.message);
  return undefined;
}

function checkWord(
  { text, span }: Word,
  { name }: VariableDefinition,
  values: readonly string[],
  { fault }: CheckContext,
): string | undefined {
  const word = text.toUpperCase();
  if (values.includes(word)) return word;
  const near = nearestName(word, values);
  const choice = `it is one of ${values.join(', ')}`;
  fault(span, `\`${name}\` is never \`${text}\``, near === undefined ? choice : `did you mean ${near}? ${choice}`);
  return undefined;
}

function checkNumberWord(
  { text, span }: Word,
  { name }: VariableDefinition,
  context: CheckContext,
): number | undefined {
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  // Adding 0 makes -0 an ordinary 0.
  if (Number.isFinite(value)) return value + 0;
  context.fault(span, `\`${text}\` is not a number, and \`${name}\` is one`);
  return undefined;
}

const KINDS = { text: 'text', number: 'a number', time: 'a time', boolean: 'true or false', enum: 'a word' } as const;

function wrongOperator(
  predicate: Operand,
  { name, type }: VariableDefinition,
  operators: string,
  { fault }: CheckContext,
): undefined {
  const written = predicate.kind === 'comparison' ? predicate.operator : 'in';
  fault(
    predicate.operatorSpan,
    `\`${name}\` is ${KINDS[type.kind]}: it has no \`${written}\``,
    `use one of ${operators}`,
  );
}

/** Every item is looked at, so that every fault is reported; undefined if one had any. */
function all<T, R>(items: readonly T[], read: (item: T) => R | undefined): R[] | undefined {
  const results = items.flatMap((item) => read(item) ?? []);
  return results.length === items.length ? (results as R[]) : undefined;
}

/** The place of a part of an operand. (White space that was collapsed before it would put it a little off.) */
function within(span: Span, part: { offset: number; length: number }): Span {
  return { line: span.line, column: span.column + part.offset, length: Math.min(part.length, span.length) };
}
