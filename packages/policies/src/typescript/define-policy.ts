import { createHash } from 'node:crypto';
import {
  type CheckedCondition,
  type ConditionAst,
  checkCondition,
  DynamoError,
  formatDiagnosticHeading,
  inputError,
  type PredicateAst,
  printCondition,
  replicaVariables,
  siteVariables,
  type VariableCatalogue,
} from '@dynamo/core';
import type { CheckedPolicy, OrderKey, PolicyLine, PolicySiteCondition } from '../policy/checked-policy.ts';
import { directiveWord } from '../policy/directive.ts';
import { POLICY_ACTIONS } from '../policy/policy-ast.ts';
import { actionOf, checkKeys, type LineAction, listOf, type PolicyFault } from './check-definition.ts';
import type { LineDefinition, OrderDefinition, PolicyDefinition, PolicyModule, SiteTerm } from './policy-definition.ts';
import type { PolicyFunction } from './policy-function.ts';
import type { BlockReplicaFunction, ReplicaFunction } from './sights.ts';
import { type Condition, policyWords } from './words.ts';

export interface DefinePolicyOptions {
  /** The run's clock, in seconds since 1970. */
  readonly nowSeconds: number;
  /** Shown in messages. */
  readonly file?: string;
  /** The text that the policy was loaded from: its digest is the policy's. Default: what the policy prints as. */
  readonly source?: string;
  /** The standard variables, extended by what producers supply. */
  readonly variables?: VariableCatalogue;
}

/**
 * A policy in TypeScript, ready to be planned with. Throws `invalid-input` that names every fault by its place
 * (`lines[3].protect`).
 */
export function definePolicy(module: PolicyModule, options: DefinePolicyOptions): CheckedPolicy {
  return new Definer(definitionOf(module, options.file), options).define();
}

function definitionOf(module: PolicyModule, file: string | undefined): PolicyDefinition {
  let definition: unknown;
  try {
    definition = module(policyWords());
  } catch (cause) {
    if (cause instanceof DynamoError) throw cause;
    const what = `the policy cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw inputError({ what, where: { file } }, cause);
  }
  if (typeof definition === 'object' && definition !== null) return definition as PolicyDefinition;
  throw inputError({ what: 'the policy is no object', where: { file }, hint: 'return {partition, on, when, ...}' });
}

const KEYS = ['partition', 'on', 'when', 'until', 'lines', 'otherwise', 'order'] as const;

class Definer {
  readonly #definition: PolicyDefinition;
  readonly #options: DefinePolicyOptions;
  readonly #lineVariables: VariableCatalogue;
  readonly #faults: PolicyFault[] = [];

  constructor(definition: PolicyDefinition, options: DefinePolicyOptions) {
    this.#definition = definition;
    this.#options = options;
    this.#lineVariables = options.variables ?? replicaVariables();
  }

  define(): CheckedPolicy {
    const { partition, otherwise } = this.#definition;
    this.#faults.push(...checkKeys(this.#definition, '', KEYS, ['static']));
    if (typeof partition !== 'string' || partition.trim() !== partition || partition === '') {
      this.#fault('partition', 'the name of the partition is missing, or has white space at an end');
    }
    if (!POLICY_ACTIONS.includes(otherwise)) this.#fault('otherwise', `it is one of ${POLICY_ACTIONS.join(', ')}`);
    const on = this.#sites('on');
    const when = this.#sites('when');
    const until = this.#sites('until');
    const lines = this.#items('lines').flatMap((line, i) => this.#line(line as LineDefinition, i) ?? []);
    const order = this.#items('order').flatMap((key, i) => this.#key(key as OrderDefinition, `order[${i}]`) ?? []);
    this.#throwFaults();
    const parts = { on, when, until, lines, order };
    const text = this.#options.source ?? printed(this.#definition, parts);
    return {
      ...parts,
      file: this.#options.file,
      text,
      sha256: createHash('sha256').update(text).digest('hex'),
      partition,
      defaultAction: otherwise,
      defaultLine: lines.length + 1,
      defaultText: directiveWord(otherwise, 'replica'),
      orderLine: lines.length + 2,
      algorithm: this.#definition.static === true ? 'static' : 'iterative',
      variables: this.#lineVariables,
    };
  }

  #sites(role: 'on' | 'when' | 'until'): PolicySiteCondition[] {
    const terms = this.#items(role) as readonly SiteTerm[];
    if (terms.length === 0) this.#fault(role, 'no condition is given', 'write [always] or [never]');
    const word = { on: 'On', when: 'When', until: 'Until' }[role];
    return terms.flatMap((term, i) => {
      const conditions = listOf<unknown>(term);
      const condition = this.#condition(conditions, null, siteVariables(), `${role}[${i}]`, i + 1);
      return condition === undefined ? [] : [{ line: i + 1, text: `${word} ${condition.text}`, condition }];
    });
  }

  #line(line: LineDefinition, i: number): PolicyLine | undefined {
    const at = `lines[${i}]`;
    const action = actionOf(line, at, this.#faults);
    if (action === undefined) return undefined;
    const window = this.#window(line, at);
    const terms = listOf<unknown>(action.term);
    const written = terms.filter((term) => typeof term !== 'function');
    const functions = terms.flatMap((term): PolicyFunction[] => {
      if (typeof term !== 'function') return [];
      return [functionOf(term as ReplicaFunction | BlockReplicaFunction, action, line.because, `${at}.${action.key}`)];
    });
    if (terms.length === 0) this.#fault(`${at}.${action.key}`, 'no condition is given', 'it would always hold: say so');
    const condition = this.#condition(written, window, this.#lineVariables, `${at}.${action.key}`, i + 1);
    if (condition === undefined) return undefined;
    const said = [condition.text, ...functions.map(({ text }) => text)].filter((part) => part !== '').join(' and ');
    const text = `${directiveWord(action.action, action.level)} ${line.because ?? said}`;
    const { action: does, level } = action;
    return { line: i + 1, text, action: does, level, condition, ...(functions.length === 0 ? {} : { functions }) };
  }

  #window({ until, from }: LineDefinition, at: string): ConditionAst['window'] {
    if (until === undefined && from === undefined) return null;
    if (until !== undefined && from !== undefined) {
      this.#fault(at, 'it has both until and from', 'write two lines');
      return null;
    }
    const span = { line: 1, column: 1, length: 0 };
    return { kind: until === undefined ? 'from' : 'until', time: { text: String(until ?? from), span }, span };
  }

  #condition(
    terms: readonly unknown[],
    window: ConditionAst['window'],
    catalogue: VariableCatalogue,
    at: string,
    line: number,
  ): CheckedCondition | undefined {
    const predicates = terms.flatMap((term, i) => {
      if (isCondition(term)) return [placed(term.predicate, line)];
      this.#fault(terms.length === 1 ? at : `${at}[${i}]`, 'a condition belongs here', 'such as dataset.size.above(0)');
      return [];
    });
    if (predicates.length < terms.length) return undefined;
    const text = printCondition({ predicates, window });
    const span = { line, column: 1, length: text.length };
    const ast: ConditionAst = { file: this.#options.file, text, span, predicates, window };
    const outcome = checkCondition(ast, catalogue, { nowSeconds: this.#options.nowSeconds });
    if (outcome.ok) return outcome.value;
    for (const { message, hint } of outcome.diagnostics) this.#fault(at, message, hint);
    return undefined;
  }

  #key(key: OrderDefinition, at: string): OrderKey | undefined {
    const direction = 'decreasing' in key ? 'decreasing' : 'increasing';
    const word = (key as Readonly<Record<string, { readonly variable?: string } | undefined>>)[direction];
    const variable = this.#lineVariables.get(word?.variable ?? '');
    const isNumber = variable?.type.kind === 'number' || variable?.type.kind === 'time';
    if (variable !== undefined && isNumber && variable.level !== 'blockreplica') return { direction, variable };
    this.#fault(at, 'it is {increasing: X} or {decreasing: X} of a number or time of the dataset or replica');
    return undefined;
  }

  #items(key: 'on' | 'when' | 'until' | 'lines' | 'order'): readonly unknown[] {
    const value: unknown = this.#definition[key];
    if (Array.isArray(value)) return value;
    if (value !== undefined) this.#fault(key, 'a list belongs here');
    return [];
  }

  #fault(path: string, what: string, hint?: string): void {
    this.#faults.push({ path, what, hint });
  }

  #throwFaults(): void {
    if (this.#faults.length === 0) return;
    const place = this.#options.file === undefined ? '' : `${this.#options.file}: `;
    const lines = this.#faults.map(({ path, what, hint }) => {
      const heading = formatDiagnosticHeading({
        severity: 'error',
        line: 1,
        column: 1,
        length: 0,
        message: what,
        hint,
      });
      return `${place}${path}: ${heading.replace(/^1:1: /, '')}`;
    });
    throw new DynamoError('invalid-input', lines.join('\n'), { data: { faults: this.#faults } });
  }
}

/** Findings name the line by its number. */
function placed(predicate: PredicateAst, line: number): PredicateAst {
  return { ...predicate, source: { ...predicate.source, span: { line, column: 1, length: 0 } } };
}

/** Of a function's source, in decisions. */
const MOST_SHOWN = 200;

function isCondition(term: unknown): term is Condition {
  return typeof term === 'object' && term !== null && 'predicate' in term && 'scope' in term;
}

function functionOf(
  test: ReplicaFunction | BlockReplicaFunction,
  { level }: LineAction,
  because: string | undefined,
  place: string,
): PolicyFunction {
  const source = test.toString();
  const short = source.replaceAll(/\s+/g, ' ');
  const text = because ?? (short.length > MOST_SHOWN ? `${short.slice(0, MOST_SHOWN - 3)}...` : short);
  return level === 'block'
    ? { level, text, source, place, test: test as BlockReplicaFunction }
    : { level, text, source, place, test: test as ReplicaFunction };
}

/** All that decides: in the words of the policy language, and functions as they are written. */
function printed(
  { partition, otherwise, static: isStatic }: PolicyDefinition,
  { on, when, until, lines, order }: Pick<CheckedPolicy, 'on' | 'when' | 'until' | 'lines' | 'order'>,
): string {
  const keys = order.map(({ direction, variable }) => `${direction} ${variable.name}`);
  const written = [
    `Partition ${partition}`,
    ...[...on, ...when, ...until].map(({ text }) => text),
    ...lines.map(({ action, level, condition, functions = [] }) => {
      const said = [condition.text, ...functions.map(({ source }) => source)].filter((part) => part !== '');
      return `${directiveWord(action, level)} ${said.join(' and ')}`;
    }),
    directiveWord(otherwise, 'replica'),
    `Order ${keys.length === 0 ? 'none' : keys.join(' ')}`,
    ...(isStatic === true ? ['Algo Static'] : []),
  ];
  return written.map((line) => `${line}\n`).join('');
}
