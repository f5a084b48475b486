/** How far a user's rule is: as the record keeps it, and in words. */
import type { RuleProgress } from '@dynamo/core';
import type { RuleReport } from './rule-report.ts';

export function ruleProgressOf(report: RuleReport): RuleProgress {
  const { state, datasets, copies, there, on_the_way, missing, bytes_missing, why = null, remedy = null } = report;
  const figures = { datasets, copies, there, onTheWay: on_the_way, missing, bytesMissing: bytes_missing };
  return { state, ...figures, why, remedy };
}

/** The `reason` of the rule's record. */
export function ruleProgressWords(progress: RuleProgress): string {
  const { state, datasets, copies, there, onTheWay, missing, bytesMissing, why, remedy } = progress;
  const parts = [`${there} of ${copies} copies of ${datasets} ${datasets === 1 ? 'dataset' : 'datasets'} there`];
  if (onTheWay > 0) parts.push(`${onTheWay} on the way`);
  if (missing > 0) parts.push(`${missing} missing (${bytesMissing} bytes)`);
  if (datasets === 0 && why === null) return `${state}: no dataset matches it now`;
  const because = why === null ? '' : `: ${why}${remedy === null ? '' : ` (to do: ${remedy})`}`;
  return `${state}: ${parts.join(', ')}${because}`;
}
