/** What a rule comes to and what it would cost, before a cycle has looked at it. */
import type { AttributeColumn, InventoryView, RuleProgress } from '@dynamo/core';
import type { DealerConfiguration } from '../dealer-configuration.ts';
import { planDealer } from '../plan-dealer.ts';
import type { UserRule } from './copy-rule.ts';
import { ruleProgressOf } from './rule-progress.ts';
import type { RuleReport } from './rule-report.ts';

export interface RuleAssessment {
  /** As it would be if a cycle served this rule alone, now. */
  readonly progress: RuleProgress;
  /** Copies that are neither there nor on their way yet, and the bytes that have to be transferred for them. */
  readonly copies: number;
  readonly bytes: number;
  /** Of those, what the limits of one cycle let it order. */
  readonly orderedCopies: number;
  readonly orderedBytes: number;
}

export interface AssessRuleOptions {
  readonly configuration: DealerConfiguration;
  readonly attributes?: ReadonlyMap<string, AttributeColumn>;
  /** Seconds since 1970. */
  readonly now: number;
}

/** Pure; nothing is changed. */
export function assessRule(
  view: InventoryView,
  rule: UserRule,
  { configuration, now, attributes = new Map() }: AssessRuleOptions,
): RuleAssessment {
  const plugins = [{ plugin: 'rules', priority: 0 } as const];
  const inputs = { configuration: { ...configuration, plugins }, rules: [rule], attributes, now, seed: 0 };
  const { plugins: summaries, taken, volume } = planDealer(view, inputs);
  const reports = summaries[0]?.report as { readonly rules: readonly RuleReport[] } | undefined;
  const progress = ruleProgressOf(reports?.rules[0] ?? ENDED);
  return {
    progress,
    copies: taken.length + progress.missing,
    bytes: volume + progress.bytesMissing,
    orderedCopies: taken.length,
    orderedBytes: volume,
  };
}

const ENDED: RuleReport = {
  ...{ rule: '', state: 'satisfied', datasets: 0, copies: 0, there: 0, on_the_way: 0, missing: 0, bytes_missing: 0 },
  why: 'its time has come: it needs nothing any more',
};
