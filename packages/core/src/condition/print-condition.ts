import type { ConditionAst, PredicateAst } from './condition-ast.ts';

/** The condition in its plain form: parsing what this prints gives the same tree (places aside). */
export function printCondition(condition: Pick<ConditionAst, 'predicates' | 'window'>): string {
  const predicates = condition.predicates.map(printPredicate).join(' and ');
  const { window } = condition;
  return window === null ? predicates : `${predicates} ${window.kind} ${window.time.text}`;
}

export function printPredicate(predicate: PredicateAst): string {
  const variable = predicate.variable.text;
  switch (predicate.kind) {
    case 'flag':
      return predicate.negated ? `not ${variable}` : variable;
    case 'comparison':
      return `${variable} ${predicate.operator} ${predicate.operand.text}`;
    case 'membership': {
      const items = predicate.items.map((item) => item.text).join(' ');
      return `${variable} ${predicate.negated ? 'notin' : 'in'} [${items}]`;
    }
    default:
      return predicate satisfies never;
  }
}
