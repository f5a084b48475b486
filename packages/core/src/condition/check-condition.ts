import { type Diagnostic, type Outcome, outcomeOf } from '../diagnostic/diagnostic.ts';
import { type CheckContext, checkPredicateTest, resolveTimeWord } from './check-predicate.ts';
import type { CheckedCondition, CheckedPredicate, CheckedWindow } from './checked-condition.ts';
import type { ConditionAst, PredicateAst, WindowAst } from './condition-ast.ts';
import { parseConditionParts } from './parse-condition.ts';
import { type SourcePlace, SourceSlice, type Word } from './source-text.ts';
import type { VariableDefinition } from './variable.ts';
import type { VariableCatalogue } from './variable-catalogue.ts';

export interface CheckOptions {
  /** The run's clock, in seconds since 1970. Without it, times relative to a clock are refused. */
  readonly nowSeconds?: number | undefined;
}

/** Gives every variable its definition, every operand its value and every time its second. Reports all faults. */
export function checkCondition(
  ast: ConditionAst,
  catalogue: VariableCatalogue,
  options: CheckOptions = {},
): Outcome<CheckedCondition> {
  const diagnostics: Diagnostic[] = [];
  const context: CheckContext = {
    catalogue,
    nowSeconds: catalogue.clock ? options.nowSeconds : undefined,
    fault: (span, message, hint) => {
      diagnostics.push({ severity: 'error', file: ast.file, ...span, message, hint });
    },
  };
  const predicates = ast.predicates.flatMap((predicate) => checkPredicate(predicate, context) ?? []);
  const window = ast.window === null ? null : checkWindow(ast.window, context);
  const active = window === null || isActive(window, context.nowSeconds ?? 0);
  return outcomeOf(diagnostics, () => ({ ast, text: ast.text, predicates, window, active }));
}

/** Parses and checks: the faults of both, in the order of their places. */
export function readCondition(
  text: string,
  catalogue: VariableCatalogue,
  options: CheckOptions & SourcePlace = {},
): Outcome<CheckedCondition> {
  return readConditionSlice(new SourceSlice(text, options), catalogue, options);
}

/** The same for a condition that is part of a larger text. */
export function readConditionSlice(
  source: SourceSlice,
  catalogue: VariableCatalogue,
  options: CheckOptions = {},
): Outcome<CheckedCondition> {
  const { ast, diagnostics } = parseConditionParts(source);
  const checked = checkCondition(ast, catalogue, options);
  if (diagnostics.length === 0) return checked;
  const all = checked.ok ? [...diagnostics] : [...diagnostics, ...checked.diagnostics];
  return { ok: false, diagnostics: all.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function checkPredicate(predicate: PredicateAst, context: CheckContext): CheckedPredicate | undefined {
  const variable = findVariable(predicate.variable, context);
  if (variable === undefined) return undefined;
  const test = checkPredicateTest(predicate, variable, context);
  if (test === undefined) return undefined;
  const { text, span } = predicate.source;
  return { variable, level: variable.level, text, span, test };
}

function findVariable(word: Word, { catalogue, fault }: CheckContext): VariableDefinition | undefined {
  const variable = catalogue.get(word.text);
  if (variable !== undefined) return variable;
  const glued = /^([^=!<>~[\]]+)(?:[=!<>~]|\[)/.exec(word.text)?.[1];
  if (glued !== undefined && catalogue.get(glued) !== undefined) {
    fault(word.span, `unknown variable \`${word.text}\``, 'put white space around the operator');
    return undefined;
  }
  const near = catalogue.nearest(word.text);
  const hint = near === undefined ? undefined : `did you mean \`${near.name}\`?`;
  fault(word.span, `${catalogue.purpose} has no variable \`${word.text}\``, hint);
  return undefined;
}

function checkWindow(window: WindowAst, context: CheckContext): CheckedWindow | null {
  const { catalogue, fault, nowSeconds } = context;
  if (!catalogue.clock) {
    fault(window.span, `${catalogue.purpose} has no clock, so it cannot hold \`${window.kind}\` a time`);
    return null;
  }
  if (nowSeconds === undefined) {
    fault(window.span, `\`${window.kind}\` needs the time of the run`);
    return null;
  }
  const seconds = resolveTimeWord(window.time, context);
  return seconds === undefined ? null : { kind: window.kind, seconds };
}

function isActive(window: CheckedWindow, nowSeconds: number): boolean {
  return window.kind === 'until' ? nowSeconds < window.seconds : nowSeconds >= window.seconds;
}
