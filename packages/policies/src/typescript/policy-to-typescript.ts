import {
  type ConditionAst,
  inputError,
  type PredicateAst,
  replicaVariables,
  siteVariables,
  type VariableCatalogue,
  type VariableDefinition,
} from '@dynamo/core';
import type { PolicyAst, PolicyEntry } from '../policy/policy-ast.ts';
import {
  BLOCK_REPLICA_KINDS,
  DATASET_KINDS,
  REPLICA_KINDS,
  SITE_IN_PARTITION_KINDS,
  SITE_KINDS,
  wordName,
} from './variable-kinds.ts';

export interface PolicyToTypeScriptOptions {
  /** The variables of its lines; the standard ones if left out. */
  readonly lines?: VariableCatalogue;
}

/**
 * The policy as a file in TypeScript that decides the same, line by line, comments included. Its lines have other
 * numbers: the first is 1. Throws `invalid-input` for a variable that nobody knows: check the policy first.
 */
export function policyToTypeScript(policy: PolicyAst, options: PolicyToTypeScriptOptions = {}): string {
  return new Printer(policy, options.lines ?? replicaVariables()).print();
}

type EntryOf<Kind extends PolicyEntry['kind']> = Extract<PolicyEntry, { kind: Kind }>;

class Printer {
  readonly #policy: PolicyAst;
  readonly #lineVariables: VariableCatalogue;
  readonly #used = new Set<string>();

  constructor(policy: PolicyAst, lineVariables: VariableCatalogue) {
    this.#policy = policy;
    this.#lineVariables = lineVariables;
  }

  print(): string {
    const { file } = this.#policy;
    const [partition] = this.#all('partition');
    const [bare] = this.#all('default');
    const [order] = this.#all('order');
    const body = [
      `  partition: ${quote(partition?.name ?? '')},`,
      ...this.#sites('on'),
      ...this.#sites('when'),
      ...this.#sites('until'),
      '  lines: [',
      ...this.#lines(),
      '  ],',
      `  otherwise: ${quote(bare?.action ?? '')},`,
      `  order: [${(order?.keys ?? []).map(({ direction, variable }) => `{ ${direction}: ${this.#word(this.#variable(variable.text, this.#lineVariables))} }`).join(', ')}],`,
      ...(this.#all('algorithm').length > 0 ? ['  static: true,'] : []),
    ];
    const words = [...this.#used].sort();
    return [
      ...(file === undefined ? [] : [comment(`From ${file}.`)]),
      "import type { PolicyModule } from '@dynamo/policies';",
      '',
      `export const policy: PolicyModule = (${words.length === 0 ? '' : `{ ${words.join(', ')} }`}) => ({`,
      ...body,
      '});',
      '',
    ].join('\n');
  }

  #all<Kind extends PolicyEntry['kind']>(kind: Kind): EntryOf<Kind>[] {
    return this.#policy.entries.filter((entry): entry is EntryOf<Kind> => entry.kind === kind);
  }

  #sites(role: EntryOf<'site-condition'>['role']): string[] {
    const terms = this.#all('site-condition').filter((entry) => entry.role === role);
    const written = terms.map(({ condition }) => this.#term(condition, siteVariables()));
    return [`  ${role}: [${written.join(', ')}],`];
  }

  /** With the comments, but for those about what stands elsewhere here. */
  #lines(): string[] {
    const { entries } = this.#policy;
    const first = entries.findIndex(({ kind }) => kind === 'line');
    const last = entries.findLastIndex(({ kind }) => kind === 'line');
    const before = entries.slice(0, first).findLastIndex(({ kind }) => kind !== 'comment');
    return entries.slice(before + 1, last + 1).flatMap((entry): string[] => {
      if (entry.kind === 'comment')
        return entry.text === '' ? [] : [`    ${comment(entry.text.replace(/^#+\s*/, ''))}`];
      if (entry.kind !== 'line') return [];
      const { action, level, condition } = entry;
      const key = level === 'block' ? `${action}Block` : action;
      const { window } = condition;
      const until = window === null ? '' : `, ${window.kind}: ${quote(window.time.text)}`;
      return [`    { ${key}: ${this.#term(condition, this.#lineVariables)}${until} },`];
    });
  }

  #term({ predicates }: ConditionAst, catalogue: VariableCatalogue): string {
    const written = predicates.map((predicate) => this.#predicate(predicate, catalogue));
    return written.length === 1 ? (written[0] as string) : `[${written.join(', ')}]`;
  }

  #predicate(predicate: PredicateAst, catalogue: VariableCatalogue): string {
    const variable = this.#variable(predicate.variable.text, catalogue);
    const word = this.#word(variable);
    const operand = (text: string): string => (variable.type.kind === 'number' ? String(Number(text)) : quote(text));
    switch (predicate.kind) {
      case 'flag':
        if (!predicate.negated) return word;
        this.#used.add('not');
        return `not(${word})`;
      case 'comparison':
        return `${word}.${methodOf(predicate.operator, variable)}(${operand(predicate.operand.text)})`;
      case 'membership':
        return `${word}.${predicate.negated ? 'isNoneOf' : 'isOneOf'}(${predicate.items.map(({ text }) => operand(text)).join(', ')})`;
      default:
        return predicate satisfies never;
    }
  }

  #variable(name: string, catalogue: VariableCatalogue): VariableDefinition {
    const variable = catalogue.get(name);
    if (variable !== undefined) return variable;
    throw inputError({ what: `there is no variable \`${name}\``, where: { file: this.#policy.file } });
  }

  #word({ name, level, type }: VariableDefinition): string {
    if (level === 'site' && !name.includes('.')) {
      this.#used.add(name);
      return name;
    }
    const [object = '', property = ''] = wordName(name).split('.');
    if (STANDARD[object]?.has(property) === true) {
      this.#used.add(object);
      return `${object}.${property}`;
    }
    const maker = type.kind === 'boolean' ? 'flag' : type.kind === 'enum' ? 'text' : type.kind;
    this.#used.add(maker);
    return `${maker}(${quote(name)})`;
  }
}

const STANDARD: Readonly<Record<string, ReadonlySet<string>>> = {
  dataset: new Set(Object.keys(DATASET_KINDS)),
  replica: new Set(Object.keys(REPLICA_KINDS)),
  blockReplica: new Set(Object.keys(BLOCK_REPLICA_KINDS)),
  site: new Set([...Object.keys(SITE_KINDS), ...Object.keys(SITE_IN_PARTITION_KINDS)]),
};

const METHODS = { '==': 'is', '!=': 'isNot', '=~': 'matches', '!=~': 'matchesNot' } as const;
const OF_NUMBERS = { '<': 'below', '>': 'above', '<=': 'atMost', '>=': 'atLeast' } as const;
const OF_TIMES = {
  ...{ '<': 'olderThan', '>': 'newerThan', '<=': 'notAfter', '>=': 'notBefore' },
  ...{ older_than: 'olderThan', newer_than: 'newerThan' },
} as const;

function methodOf(operator: string, { type }: VariableDefinition): string {
  const table: Readonly<Record<string, string>> = { ...METHODS, ...(type.kind === 'time' ? OF_TIMES : OF_NUMBERS) };
  return table[operator] ?? operator;
}

function quote(text: string): string {
  return /^[^'\\\p{Cc}]*$/u.test(text) ? `'${text}'` : JSON.stringify(text);
}

/** What ends a line there must not end it here. */
function comment(text: string): string {
  return `// ${text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`;
}
