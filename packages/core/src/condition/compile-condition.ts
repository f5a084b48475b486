import type { CheckedCondition, CheckedPredicate, NumberOperator } from './checked-condition.ts';
import { textVerdict } from './text-verdict.ts';
import type { TextColumn, VariableBinder } from './variable-binder.ts';

export type RowPredicate = (row: number) => boolean;

/** Calls allocate nothing and match each distinct text once. */
export function compilePredicate(predicate: CheckedPredicate, binder: VariableBinder): RowPredicate {
  const { test, variable } = predicate;
  switch (test.kind) {
    case 'flag':
      return compileFlag(binder.numeric(variable), test.expected);
    case 'number':
      return compileComparison(binder.numeric(variable), test.operator, test.operand);
    case 'number-list':
      return compileList(binder.numeric(variable), test.operands, test.negated);
    case 'text':
    case 'enum':
      return rememberByCode(binder.text(variable), textVerdict(test));
    default:
      return test satisfies never;
  }
}

/** All predicates; the window is settled by the run's clock, so outside of it nothing is even bound. */
export function compileCondition(condition: CheckedCondition, binder: VariableBinder): RowPredicate {
  if (!condition.active) return () => false;
  return conjunction(condition.predicates.map((predicate) => compilePredicate(predicate, binder)));
}

function compileFlag(value: (row: number) => number, expected: boolean): RowPredicate {
  return expected ? (row) => value(row) !== 0 : (row) => value(row) === 0;
}

/** One function per operator: looking the operator up for every row would cost more than the comparison. */
function compileComparison(value: (row: number) => number, operator: NumberOperator, operand: number): RowPredicate {
  switch (operator) {
    case '==':
      return (row) => value(row) === operand;
    case '!=':
      return (row) => value(row) !== operand;
    case '<':
      return (row) => value(row) < operand;
    case '>':
      return (row) => value(row) > operand;
    case '<=':
      return (row) => value(row) <= operand;
    case '>=':
      return (row) => value(row) >= operand;
    default:
      return operator satisfies never;
  }
}

function compileList(value: (row: number) => number, operands: readonly number[], negated: boolean): RowPredicate {
  const listed = new Set(operands);
  return (row) => listed.has(value(row)) !== negated;
}

const FAILS = 1;
const HOLDS = 2;

function rememberByCode(column: TextColumn, verdict: (text: string) => boolean): RowPredicate {
  /** By code: 0 where the text was not seen yet. */
  let verdicts = new Uint8Array(64);
  return (row) => {
    const code = column.code(row);
    const known = code < verdicts.length ? verdicts[code] : 0;
    if (known !== 0) return known === HOLDS;
    const holds = verdict(column.text(code));
    if (code >= verdicts.length) verdicts = grown(verdicts, code);
    verdicts[code] = holds ? HOLDS : FAILS;
    return holds;
  };
}

function grown(verdicts: Uint8Array<ArrayBuffer>, code: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(code + 1, verdicts.length * 2));
  larger.set(verdicts);
  return larger;
}

function conjunction(predicates: readonly RowPredicate[]): RowPredicate {
  const [a, b, c, d] = predicates;
  if (a === undefined) return () => true;
  if (b === undefined) return a;
  if (c === undefined) return (row) => a(row) && b(row);
  if (d === undefined) return (row) => a(row) && b(row) && c(row);
  return (row) => {
    for (const predicate of predicates) if (!predicate(row)) return false;
    return true;
  };
}
