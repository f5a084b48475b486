/**
 * condition  = predicate { "and" predicate } [ ("until" | "from") time ]
 * predicate  = [ "not" ] boolean-variable | boolean-variable "not"
 *            | variable operator operand
 *            | variable ("in" | "notin") "[" item { " " item } "]"
 */
import { type Diagnostic, type Outcome, outcomeOf } from '../diagnostic/diagnostic.ts';
import type { ConditionAst, PredicateAst, WindowAst } from './condition-ast.ts';
import { type FaultSink, parsePredicate } from './parse-predicate.ts';
import { type SourcePlace, SourceSlice } from './source-text.ts';
import { parseTime } from './time.ts';

/** In UTF-16 units; the longest one that CMS wrote has 300. */
const MAX_CONDITION_LENGTH = 65_536;

/** `place` says where the condition begins in the file that it is part of. */
export function parseCondition(text: string, place: SourcePlace = {}): Outcome<ConditionAst> {
  const { ast, diagnostics } = parseConditionParts(new SourceSlice(text, place));
  return outcomeOf(diagnostics, () => ast);
}

/** The tree holds the parts that are well-formed, so that whoever checks them can report their faults as well. */
export function parseConditionParts(source: SourceSlice): { ast: ConditionAst; diagnostics: readonly Diagnostic[] } {
  const whole = source.trim();
  const diagnostics: Diagnostic[] = [];
  const fault: FaultSink = (at, message, hint) => {
    diagnostics.push({ severity: 'error', file: at.file, ...at.span(), message, hint });
  };
  const predicates: PredicateAst[] = [];
  let window: WindowAst | null = null;
  if (whole.isEmpty) {
    fault(whole, 'a condition is missing here');
  } else if (whole.end - whole.start > MAX_CONDITION_LENGTH) {
    fault(whole.slice(0, 0), `the condition is longer than ${MAX_CONDITION_LENGTH} characters`);
  } else {
    const pieces = splitAtAnd(whole, fault);
    const last = pieces.pop();
    for (const piece of pieces) add(parsePredicate(piece, fault));
    if (last !== undefined) {
      const { head, tail } = splitWindow(last);
      if (tail !== undefined) window = parseWindow(tail, fault);
      const earlier = tail === undefined ? undefined : splitWindow(head).tail;
      if (earlier !== undefined && parseTime(windowParts(earlier).time.word().text).ok) {
        fault(earlier, 'a condition has one `until` or `from`, at its end');
      }
      add(parsePredicate(head, fault));
    }
  }
  const ast = { file: whole.file, text: whole.text, span: whole.span(), predicates, window };
  return { ast, diagnostics };

  function add(predicate: PredicateAst | undefined): void {
    if (predicate !== undefined) predicates.push(predicate);
  }
}

function splitAtAnd(whole: SourceSlice, fault: FaultSink): SourceSlice[] {
  const pieces: SourceSlice[] = [];
  let start = 0;
  for (const match of whole.text.matchAll(/[ \t\n\r\f\v]and(?=[ \t\n\r\f\v]|$)|^and(?=[ \t\n\r\f\v]|$)/g)) {
    const end = match.index;
    const piece = whole.slice(start, end).trim();
    if (piece.isEmpty)
      fault(whole.slice(end, end + match[0].length).trim(), 'a predicate is missing before this `and`');
    else pieces.push(piece);
    start = end + match[0].length;
  }
  const last = whole.slice(start).trim();
  if (last.isEmpty) fault(whole.slice(start - 3, start), 'a predicate is missing after this `and`');
  else pieces.push(last);
  return pieces;
}

/** Cuts ` until TIME` or ` from TIME` off; words inside the brackets of a list are items, not times. */
function splitWindow(piece: SourceSlice): { head: SourceSlice; tail?: SourceSlice } {
  const text = piece.text;
  const list = /^[^ \t\n\r\f\v]+[ \t\n\r\f\v]+(?:not)?in[ \t\n\r\f\v]+\[/.test(text);
  const searchFrom = list ? text.lastIndexOf(']') : 0;
  if (searchFrom < 0) return { head: piece };
  let cut = -1;
  for (const match of text.matchAll(/[ \t\n\r\f\v](?:until|from)(?=[ \t\n\r\f\v]|$)/g)) {
    if (match.index >= searchFrom) cut = match.index;
  }
  if (cut < 0) return { head: piece };
  return { head: piece.slice(0, cut).trim(), tail: piece.slice(cut).trim() };
}

function parseWindow(tail: SourceSlice, fault: FaultSink): WindowAst | null {
  const { kind, time } = windowParts(tail);
  if (time.isEmpty) {
    fault(tail, `\`${kind}\` needs a time`, `for example \`${kind} 2030-01-01\``);
    return null;
  }
  return { kind, time: time.word(), span: tail.span() };
}

function windowParts(tail: SourceSlice): { kind: 'until' | 'from'; time: SourceSlice } {
  const kind = tail.text.startsWith('until') ? 'until' : 'from';
  return { kind, time: tail.slice(kind.length).trim() };
}
