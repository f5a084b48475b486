import {
  type Diagnostic,
  isDynamoError,
  nearestName,
  type Outcome,
  outcomeOf,
  parseConditionParts,
  parsePartitionName,
  SourceSlice,
} from '@dynamo/core';
import { DIRECTIVES, type Directive, isDirective, lineDirective, siteRole } from './directive.ts';
import { type PolicyFaultSink, parseOrder } from './parse-order.ts';
import type { EntryPlace, PolicyAst, PolicyEntry } from './policy-ast.ts';

/** In UTF-16 units: a policy of 10,000 long lines passes. */
const MAX_POLICY_LENGTH = 4_194_304;

export interface ParsePolicyOptions {
  /** For messages. */
  readonly file?: string | undefined;
}

/** Reads a Detox policy file; `policy-language.md` has the grammar. Reports the faults of all lines. */
export function parsePolicy(text: string, options: ParsePolicyOptions = {}): Outcome<PolicyAst> {
  const { ast, diagnostics } = parsePolicyParts(text, options);
  return outcomeOf(diagnostics, () => ast);
}

export interface PolicyParts {
  /** Without the lines, and the predicates, that are not well-formed. */
  readonly ast: PolicyAst;
  readonly diagnostics: readonly Diagnostic[];
  /** Directives that are there, faulty or not, so that a faulty one is not called missing as well. */
  readonly seen: ReadonlySet<Directive>;
}

/** What can be made of a text with faults, so that whoever checks it can report its other faults as well. */
export function parsePolicyParts(text: string, { file }: ParsePolicyOptions): PolicyParts {
  const diagnostics: Diagnostic[] = [];
  const entries: PolicyEntry[] = [];
  const seen = new Set<Directive>();
  const fault: PolicyFaultSink = (at, message, hint) => {
    diagnostics.push({ severity: 'error', file, ...at.span(), message, hint });
  };
  if (text.length > MAX_POLICY_LENGTH) {
    fault(new SourceSlice('', { file }), `the policy is longer than ${MAX_POLICY_LENGTH} characters`);
    return { ast: { file, text, entries }, diagnostics, seen };
  }
  const lines = text.replace(/^\uFEFF/, ' ').split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, written] of lines.entries()) {
    const slice = new SourceSlice(written, { file, line: index + 1 }).trim();
    const place: EntryPlace = { line: index + 1, text: slice.text, span: slice.span() };
    if (slice.isEmpty || place.text.startsWith('#')) {
      entries.push({ ...place, kind: 'comment' });
      continue;
    }
    const [first] = slice.words();
    if (first === undefined) continue;
    const word = first.text;
    if (!isDirective(word)) {
      fault(first, `there is no \`${word}\``, directiveHint(word));
      continue;
    }
    const rest = slice.slice(first.end - slice.start).trim();
    seen.add(lineDirective(word) !== undefined && rest.isEmpty ? 'default' : word);
    const entry = parseEntry(word, place, rest, first);
    if (entry !== undefined) entries.push(entry);
  }
  return { ast: { file, text, entries }, diagnostics, seen };

  function parseEntry(
    directive: Directive,
    place: EntryPlace,
    rest: SourceSlice,
    head: SourceSlice,
  ): PolicyEntry | undefined {
    if (directive === 'Partition') return parsePartition(place, rest, head);
    if (directive === 'Order') {
      const keys = parseOrder(rest, head, fault);
      return keys && { ...place, kind: 'order', keys };
    }
    if (directive === 'Algo') {
      if (rest.text === 'Static') return { ...place, kind: 'algorithm', algorithm: 'static' };
      fault(rest.isEmpty ? head : rest, 'the only other algorithm is `Algo Static`', 'without the line it iterates');
      return undefined;
    }
    const role = siteRole(directive);
    if (role !== undefined) return { ...place, kind: 'site-condition', role, condition: parseIn(rest, head) };
    const act = lineDirective(directive);
    if (act === undefined) return undefined;
    if (!rest.isEmpty) return { ...place, kind: 'line', ...act, condition: parseIn(rest, head) };
    if (act.level === 'replica') return { ...place, kind: 'default', action: act.action };
    const meant = directive.replace('Block', '');
    fault(head, `the default decision is about whole replicas, not \`${directive}\``, `write \`${meant}\``);
    return undefined;
  }

  function parsePartition(place: EntryPlace, rest: SourceSlice, head: SourceSlice): PolicyEntry | undefined {
    try {
      return { ...place, kind: 'partition', name: parsePartitionName(rest.text) };
    } catch (error) {
      if (!isDynamoError(error, 'invalid-input')) throw error;
      fault(rest.isEmpty ? head : rest, error.message, 'write `Partition Physics`');
      return undefined;
    }
  }

  function parseIn(rest: SourceSlice, head: SourceSlice): ReturnType<typeof parseConditionParts>['ast'] {
    if (rest.isEmpty) {
      fault(head, `\`${head.text}\` needs a condition`);
      return parseConditionParts(rest).ast;
    }
    const parts = parseConditionParts(rest);
    diagnostics.push(...parts.diagnostics);
    return parts.ast;
  }
}

function directiveHint(word: string): string {
  if (word === 'IgnoreBlock') return '`Ignore` takes whole replicas only';
  const near = nearestName(
    word,
    DIRECTIVES.filter((known) => known !== 'default'),
  );
  return near === undefined ? 'a line begins with what it does, such as `Protect`' : `did you mean \`${near}\`?`;
}
