import { alwaysHolds, type CheckedCondition, findContradiction } from '@dynamo/core';
import type { CheckedPolicy } from './checked-policy.ts';
import type { PolicyFinding } from './policy-finding.ts';

/** Deletion should start above the high watermark and stop below a lower one. */
export function findWatermarkFaults(policy: CheckedPolicy): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const starts = policy.when.filter(({ condition }) => {
    if (!isBounded(condition, '<') || isBounded(condition, '>')) return isBounded(condition, '>');
    const message = 'deletion starts where there is room, and not where it is full';
    findings.push({ span: condition.ast.span, message, hint: 'write `When site.occupancy > 0.9`' });
    return false;
  });
  const stops = policy.until.filter(({ condition }) => {
    if (!isBounded(condition, '>') || isBounded(condition, '<')) return isBounded(condition, '<');
    const message = 'deletion stops where it is full, and not where there is room';
    findings.push({ span: condition.ast.span, message, hint: 'write `Until site.occupancy < 0.85`' });
    return false;
  });
  for (const { condition } of policy.until) {
    if (!condition.active || !condition.predicates.every(alwaysHolds)) continue;
    const message = 'it holds from the start, so nothing that is dismissed ever goes';
    findings.push({ span: condition.ast.span, message, hint: 'write `Until never` to let all of it go' });
  }
  for (const start of starts) {
    for (const stop of stops) {
      const both = [...start.condition.predicates, ...stop.condition.predicates];
      if (findContradiction(both) !== undefined) continue;
      const message = `the low watermark is above the high one: where line ${start.line} starts, this may hold already`;
      findings.push({ span: stop.condition.ast.span, message });
    }
  }
  return findings;
}

function isBounded({ active, predicates }: CheckedCondition, side: '<' | '>'): boolean {
  return (
    active &&
    predicates.some(
      ({ variable, test }) =>
        variable.name === 'site.occupancy' && test.kind === 'number' && test.operator.startsWith(side),
    )
  );
}
