import { createHash } from 'node:crypto';
import {
  type CheckedCondition,
  type ConditionAst,
  checkCondition,
  type Diagnostic,
  type Outcome,
  outcomeOf,
  replicaVariables,
  siteVariables,
  type VariableCatalogue,
} from '@dynamo/core';
import { checkOrder } from './check-order.ts';
import type { CheckedPolicy, PolicySiteCondition } from './checked-policy.ts';
import type { Directive } from './directive.ts';
import { type ParsePolicyOptions, parsePolicyParts } from './parse-policy.ts';
import type { PolicyAst, PolicyEntry, SiteRole } from './policy-ast.ts';

export interface CheckPolicyOptions {
  /** The run's clock, in seconds since 1970. */
  readonly nowSeconds: number;
  /** For `On`, `When`, `Until`; the standard site variables if left out. */
  readonly sites?: VariableCatalogue;
}

/** What the language defines; experiments extend `lines` by what their producers supply. */
export interface ReadPolicyOptions extends CheckPolicyOptions, ParsePolicyOptions {
  readonly lines?: VariableCatalogue;
}

/** Parses and checks: the faults of both, in the order of their places. */
export function readPolicy(text: string, options: ReadPolicyOptions): Outcome<CheckedPolicy> {
  const { ast, diagnostics, seen } = parsePolicyParts(text, options);
  const checked = check(ast, options.lines ?? replicaVariables(), options, seen);
  if (diagnostics.length === 0) return checked;
  return { ok: false, diagnostics: inOrder([...diagnostics, ...(checked.ok ? [] : checked.diagnostics)]) };
}

/** `catalogue`: the variables of the lines and of `Order`. Reports all faults. */
export function checkPolicy(
  ast: PolicyAst,
  catalogue: VariableCatalogue,
  options: CheckPolicyOptions,
): Outcome<CheckedPolicy> {
  return check(ast, catalogue, options, new Set());
}

type EntryOf<Kind extends PolicyEntry['kind']> = Extract<PolicyEntry, { kind: Kind }>;

function check(
  ast: PolicyAst,
  catalogue: VariableCatalogue,
  options: CheckPolicyOptions,
  seen: ReadonlySet<Directive>,
): Outcome<CheckedPolicy> {
  const { file, text, entries } = ast;
  const { nowSeconds, sites = siteVariables() } = options;
  const diagnostics: Diagnostic[] = [];
  const all = <Kind extends PolicyEntry['kind']>(kind: Kind): EntryOf<Kind>[] =>
    entries.filter((entry): entry is EntryOf<Kind> => entry.kind === kind);

  const partition = theOne(all('partition'), 'Partition', 'Partition', 'write `Partition Physics`');
  const on = sitesOf('on', 'On', 'the target sites: `On site.name in [T1_*_Disk T2_*]`');
  const when = sitesOf('when', 'When', 'deletion starts: `When site.occupancy > 0.9`, or `When always`');
  const until = sitesOf('until', 'Until', 'deletion stops: `Until site.occupancy < 0.85`, or `Until never`');
  const lines = all('line').flatMap(({ line, text: written, action, level, condition }) => {
    const checked = checkedIn(condition, catalogue);
    return checked === undefined ? [] : { line, text: written, action, level, condition: checked };
  });
  const bare = theOne(all('default'), 'default', 'the default decision', 'an action by itself, `Dismiss`');
  const order = theOne(all('order'), 'Order', 'Order', 'write `Order none`, or keys');
  const keys = order === undefined ? [] : checkOrder(order.keys, catalogue, { file, diagnostics });
  const algorithm = atMostOne(all('algorithm'), 'Algo');

  const whole = partition !== undefined && bare !== undefined && order !== undefined;
  if (!whole || diagnostics.length > 0) return { ok: false, diagnostics: inOrder(diagnostics) };
  return outcomeOf(diagnostics, () => ({
    file,
    text,
    sha256: createHash('sha256').update(text).digest('hex'),
    partition: partition.name,
    on,
    when,
    until,
    lines,
    defaultAction: bare.action,
    defaultLine: bare.line,
    defaultText: bare.text,
    order: keys,
    orderLine: order.line,
    algorithm: algorithm?.algorithm ?? 'iterative',
  }));

  function sitesOf(role: SiteRole, directive: Directive, hint: string): PolicySiteCondition[] {
    const found = all('site-condition').filter((entry) => entry.role === role);
    if (found.length === 0) missing(directive, directive, hint);
    return found.flatMap(({ line, text: written, condition }) => {
      const checked = checkedIn(condition, sites);
      return checked === undefined ? [] : { line, text: written, condition: checked };
    });
  }

  function checkedIn(condition: ConditionAst, variables: VariableCatalogue): CheckedCondition | undefined {
    const outcome = checkCondition(condition, variables, { nowSeconds });
    if (outcome.ok) return outcome.value;
    diagnostics.push(...outcome.diagnostics);
    return undefined;
  }

  function theOne<Entry extends PolicyEntry>(
    found: readonly Entry[],
    directive: Directive,
    what: string,
    hint: string,
  ): Entry | undefined {
    if (found.length === 0) missing(directive, what, hint);
    return atMostOne(found, what);
  }

  function atMostOne<Entry extends PolicyEntry>(found: readonly Entry[], what: string): Entry | undefined {
    const [first, ...others] = found;
    for (const { span } of others) {
      const message = `${quoted(what)} is given twice, first in line ${first?.line ?? 0}`;
      diagnostics.push({ severity: 'error', file, ...span, message });
    }
    return first;
  }

  function missing(directive: Directive, what: string, hint: string): void {
    if (seen.has(directive)) return;
    const written = text.split('\n');
    if (written.length > 1 && written.at(-1) === '') written.pop();
    const column = (written.at(-1)?.trimEnd().length ?? 0) + 1;
    const message = `${quoted(what)} is missing`;
    diagnostics.push({ severity: 'error', file, line: written.length, column, length: 0, message, hint });
  }
}

function quoted(what: string): string {
  return what.includes(' ') ? what : `\`${what}\``;
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => a.line - b.line || a.column - b.column);
}
