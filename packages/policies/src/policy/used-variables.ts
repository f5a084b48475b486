import type { CheckedCondition, VariableDefinition } from '@dynamo/core';
import type { CheckedPolicy } from './checked-policy.ts';

export interface UsedVariable {
  readonly variable: VariableDefinition;
  /** Lines of the file, ascending. */
  readonly lines: readonly number[];
}

/** By name. Those whose source is `producer` need a producer, or stored attributes, before a plan may be committed. */
export function usedVariables(policy: CheckedPolicy): UsedVariable[] {
  const uses = new Map<string, { variable: VariableDefinition; lines: Set<number> }>();
  for (const { line, condition } of conditionsOf(policy)) {
    for (const { variable } of condition.predicates) add(variable, line);
  }
  for (const { variable } of policy.order) add(variable, policy.orderLine);
  return [...uses.values()]
    .map(({ variable, lines }) => ({ variable, lines: [...lines].sort((a, b) => a - b) }))
    .sort((a, b) => (a.variable.name < b.variable.name ? -1 : 1));

  function add(variable: VariableDefinition, line: number): void {
    const use = uses.get(variable.name);
    if (use === undefined) uses.set(variable.name, { variable, lines: new Set([line]) });
    else use.lines.add(line);
  }
}

/** Each variable once, with the lines of both. */
export function mergeUses(some: readonly UsedVariable[], others: readonly UsedVariable[]): UsedVariable[] {
  if (others.length === 0) return [...some];
  const byName = Map.groupBy([...some, ...others], ({ variable }) => variable.name);
  return [...byName.values()]
    .map((uses) => {
      const { variable } = uses[0] as UsedVariable;
      return { variable, lines: [...new Set(uses.flatMap(({ lines }) => lines))].sort((a, b) => a - b) };
    })
    .sort((a, b) => (a.variable.name < b.variable.name ? -1 : 1));
}

export function conditionsOf(policy: CheckedPolicy): { readonly line: number; readonly condition: CheckedCondition }[] {
  return [...policy.on, ...policy.when, ...policy.until, ...policy.lines];
}
