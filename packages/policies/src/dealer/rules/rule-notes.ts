/** How far each rule was at a cycle: kept in the history beside the plan, so that progress can be seen over time. */
import type { PluginSummary } from '../dealer-result.ts';
import type { RuleReport } from './rule-report.ts';

export interface RuleNote extends Omit<RuleReport, 'refused' | 'remedy'> {
  /** `enforcer` or `rules`. */
  readonly plugin: string;
}

export function ruleNotes(plugins: readonly PluginSummary[]): readonly RuleNote[] {
  return plugins.flatMap(({ plugin, report }) =>
    reportsOf(report).map(({ refused: _refused, remedy: _remedy, ...rest }): RuleNote => ({ plugin, ...rest })),
  );
}

/** Of what a plan noted; nothing where it is not as `ruleNotes` wrote it. */
export function readRuleNotes(notes: Readonly<Record<string, unknown>>): readonly RuleNote[] {
  return Array.isArray(notes.rules) ? (notes.rules as readonly RuleNote[]) : [];
}

/** Whether any of the rules has got on, or back, since. Those that are no more are not looked at. */
export function haveMoved(rules: readonly RuleNote[], before: readonly RuleNote[]): boolean {
  const known = new Set(before.map(progressKey));
  return rules.some((rule) => !known.has(progressKey(rule)));
}

function progressKey({ plugin, rule, state, copies, there, on_the_way, missing }: RuleNote): string {
  return JSON.stringify([plugin, rule, state, copies, there, on_the_way, missing]);
}

function reportsOf(report: unknown): readonly RuleReport[] {
  const { rules } = (report ?? {}) as { readonly rules?: unknown };
  return Array.isArray(rules) ? (rules as readonly RuleReport[]) : [];
}
