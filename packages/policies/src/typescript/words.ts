/** What conditions in TypeScript are made of. Each condition is a predicate of the policy language, as a value. */
import type { ComparisonOperator, PredicateAst, Word } from '@dynamo/core';
import {
  BLOCK_REPLICA_KINDS,
  DATASET_KINDS,
  type KindTable,
  REPLICA_KINDS,
  SITE_IN_PARTITION_KINDS,
  SITE_KINDS,
  type VariableKind,
  variableName,
  type WordsOfKind,
} from './variable-kinds.ts';

/** `line`: over replicas. `site`: over sites of the partition (`on`, `when`, `until`). `both` fits either. */
export type ConditionScope = 'line' | 'site' | 'both';

/** One predicate; several in a list must all hold. */
export interface Condition<Scope extends ConditionScope = ConditionScope> {
  readonly scope: Scope;
  readonly predicate: PredicateAst;
}

/** A point in time, as policy texts write it: `90 days ago`, `2026-01-31`; a number is seconds since 1970. */
export type TimeText = string | number;

interface Named {
  /** In the policy language: `dataset.usage_rank`. */
  readonly variable: string;
}

export interface NumberWord<Scope extends ConditionScope = ConditionScope> extends Named {
  readonly kind: 'number';
  above(value: number): Condition<Scope>;
  below(value: number): Condition<Scope>;
  atLeast(value: number): Condition<Scope>;
  atMost(value: number): Condition<Scope>;
  is(value: number): Condition<Scope>;
  isNot(value: number): Condition<Scope>;
  isOneOf(...values: readonly number[]): Condition<Scope>;
  isNoneOf(...values: readonly number[]): Condition<Scope>;
}

export interface TimeWord<Scope extends ConditionScope = ConditionScope> extends Named {
  readonly kind: 'time';
  olderThan(time: TimeText): Condition<Scope>;
  newerThan(time: TimeText): Condition<Scope>;
  notBefore(time: TimeText): Condition<Scope>;
  notAfter(time: TimeText): Condition<Scope>;
  is(time: TimeText): Condition<Scope>;
  isNot(time: TimeText): Condition<Scope>;
  isOneOf(...times: readonly TimeText[]): Condition<Scope>;
  isNoneOf(...times: readonly TimeText[]): Condition<Scope>;
}

/** Texts with `*` or `?` are globs over the whole value; a pattern of `matches` is anchored at the start only. */
export interface TextWord<Scope extends ConditionScope = ConditionScope> extends Named {
  readonly kind: 'text';
  is(text: string): Condition<Scope>;
  isNot(text: string): Condition<Scope>;
  isOneOf(...texts: readonly string[]): Condition<Scope>;
  isNoneOf(...texts: readonly string[]): Condition<Scope>;
  matches(pattern: string): Condition<Scope>;
  matchesNot(pattern: string): Condition<Scope>;
}

export interface EnumWord<Value extends string, Scope extends ConditionScope = ConditionScope> extends Named {
  readonly kind: 'enum';
  is(value: Value): Condition<Scope>;
  isNot(value: Value): Condition<Scope>;
  isOneOf(...values: readonly Value[]): Condition<Scope>;
  isNoneOf(...values: readonly Value[]): Condition<Scope>;
}

/** Is a condition by itself. */
export interface FlagWord<Scope extends ConditionScope = ConditionScope> extends Named, Condition<Scope> {
  readonly kind: 'flag';
}

type WordOf<Kind extends VariableKind, Scope extends ConditionScope> = Kind extends keyof WordsOfKind
  ? EnumWord<WordsOfKind[Kind], Scope>
  : Kind extends 'number'
    ? NumberWord<Scope>
    : Kind extends 'time'
      ? TimeWord<Scope>
      : Kind extends 'flag'
        ? FlagWord<Scope>
        : TextWord<Scope>;

export type WordsOf<Table extends KindTable, Scope extends ConditionScope> = {
  readonly [Name in keyof Table]: WordOf<Table[Name], Scope>;
};

/** What a policy in TypeScript is written with. */
export interface PolicyWords {
  readonly dataset: WordsOf<typeof DATASET_KINDS, 'line'>;
  readonly replica: WordsOf<typeof REPLICA_KINDS, 'line'>;
  readonly blockReplica: WordsOf<typeof BLOCK_REPLICA_KINDS, 'line'>;
  readonly site: WordsOf<typeof SITE_KINDS, 'both'> & WordsOf<typeof SITE_IN_PARTITION_KINDS, 'site'>;
  readonly always: Condition<'site'>;
  readonly never: Condition<'site'>;
  not<Scope extends ConditionScope>(flag: FlagWord<Scope>): Condition<Scope>;
  /** Variables that producers add, by their names in the policy language: `dataset.my_rank`. */
  number(variable: string): NumberWord<'line'>;
  time(variable: string): TimeWord<'line'>;
  text(variable: string): TextWord<'line'>;
  flag(variable: string): FlagWord<'line'>;
}

export function policyWords(): PolicyWords {
  return {
    dataset: wordsOf('dataset', DATASET_KINDS, 'line'),
    replica: wordsOf('replica', REPLICA_KINDS, 'line'),
    blockReplica: wordsOf('blockReplica', BLOCK_REPLICA_KINDS, 'line'),
    site: { ...wordsOf('site', SITE_KINDS, 'both'), ...wordsOf('site', SITE_IN_PARTITION_KINDS, 'site') },
    always: flagWord('always', 'site'),
    never: flagWord('never', 'site'),
    not: ({ variable, scope }) => ({ scope, predicate: flagPredicate(variable, true) }),
    number: (variable) => numberWord(variable, 'line'),
    time: (variable) => timeWord(variable, 'line'),
    text: (variable) => textWord(variable, 'line'),
    flag: (variable) => flagWord(variable, 'line'),
  };
}

function wordsOf<Table extends KindTable, Scope extends ConditionScope>(
  level: string,
  table: Table,
  scope: Scope,
): WordsOf<Table, Scope> {
  const words = Object.entries(table).map(([name, kind]) => [name, wordOf(kind, variableName(level, name), scope)]);
  return Object.fromEntries(words) as WordsOf<Table, Scope>;
}

function wordOf(kind: VariableKind, variable: string, scope: ConditionScope): unknown {
  switch (kind) {
    case 'number':
      return numberWord(variable, scope);
    case 'time':
      return timeWord(variable, scope);
    case 'flag':
      return flagWord(variable, scope);
    case 'text':
      return textWord(variable, scope);
    default:
      return enumWord(variable, scope);
  }
}

function numberWord<Scope extends ConditionScope>(variable: string, scope: Scope): NumberWord<Scope> {
  const { compare, among } = predicatesOf(variable, scope);
  return {
    ...{ variable, kind: 'number' },
    above: (value) => compare('>', value),
    below: (value) => compare('<', value),
    atLeast: (value) => compare('>=', value),
    atMost: (value) => compare('<=', value),
    is: (value) => compare('==', value),
    isNot: (value) => compare('!=', value),
    ...among,
  };
}

function timeWord<Scope extends ConditionScope>(variable: string, scope: Scope): TimeWord<Scope> {
  const { compare, among } = predicatesOf(variable, scope);
  return {
    ...{ variable, kind: 'time' },
    olderThan: (time) => compare('older_than', time),
    newerThan: (time) => compare('newer_than', time),
    notBefore: (time) => compare('>=', time),
    notAfter: (time) => compare('<=', time),
    is: (time) => compare('==', time),
    isNot: (time) => compare('!=', time),
    ...among,
  };
}

function textWord<Scope extends ConditionScope>(variable: string, scope: Scope): TextWord<Scope> {
  const { compare, among } = predicatesOf(variable, scope);
  return {
    ...{ variable, kind: 'text' },
    is: (text) => compare('==', text),
    isNot: (text) => compare('!=', text),
    matches: (pattern) => compare('=~', pattern),
    matchesNot: (pattern) => compare('!=~', pattern),
    ...among,
  };
}

function enumWord<Scope extends ConditionScope>(variable: string, scope: Scope): EnumWord<string, Scope> {
  const { compare, among } = predicatesOf(variable, scope);
  return {
    ...{ variable, kind: 'enum' },
    is: (value) => compare('==', value),
    isNot: (value) => compare('!=', value),
    ...among,
  };
}

function flagWord<Scope extends ConditionScope>(variable: string, scope: Scope): FlagWord<Scope> {
  return { variable, kind: 'flag', scope, predicate: flagPredicate(variable, false) };
}

interface Predicates<Scope extends ConditionScope> {
  compare(operator: ComparisonOperator, operand: string | number): Condition<Scope>;
  readonly among: {
    isOneOf(...operands: readonly (string | number)[]): Condition<Scope>;
    isNoneOf(...operands: readonly (string | number)[]): Condition<Scope>;
  };
}

function predicatesOf<Scope extends ConditionScope>(variable: string, scope: Scope): Predicates<Scope> {
  const membership = (negated: boolean, operands: readonly (string | number)[]): Condition<Scope> => {
    const items = operands.map((operand) => word(String(operand)));
    const list = items.map(({ text }) => text).join(' ');
    const source = word(`${variable} ${negated ? 'notin' : 'in'} [${list}]`);
    const place = { operatorSpan: NOWHERE, source };
    return { scope, predicate: { kind: 'membership', variable: word(variable), negated, items, ...place } };
  };
  return {
    compare: (operator, operand) => {
      const source = word(`${variable} ${operator} ${operand}`);
      const parts = { operator, operatorSpan: NOWHERE, operand: word(String(operand)), source };
      return { scope, predicate: { kind: 'comparison', variable: word(variable), ...parts } };
    },
    among: {
      isOneOf: (...operands) => membership(false, operands),
      isNoneOf: (...operands) => membership(true, operands),
    },
  };
}

function flagPredicate(variable: string, negated: boolean): PredicateAst {
  return { kind: 'flag', variable: word(variable), negated, source: word(negated ? `not ${variable}` : variable) };
}

/** Values that a program made stand in no text. */
const NOWHERE = { line: 1, column: 1, length: 0 } as const;

function word(text: string): Word {
  return { text, span: NOWHERE };
}
