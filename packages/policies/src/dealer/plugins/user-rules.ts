/** "Keep N copies of what matches this on sites that match that, until then": the enforcer, for what people asked. */
import { type RequestChange, type RuleRecord, sameRecord } from '@dynamo/core';
import type { DealerContext, DealerPlugin } from '../dealer-plugin.ts';
import { timeText } from '../rules/check-user-rule.ts';
import { type CopyRule, copyRuleOf, type UserRule } from '../rules/copy-rule.ts';
import { ruleFault } from '../rules/rule-needs.ts';
import { ruleProgressOf, ruleProgressWords } from '../rules/rule-progress.ts';
import { proposeForRules } from '../rules/rule-proposals.ts';
import type { RuleReport } from '../rules/rule-report.ts';

/** A rule that no longer holds up (its group has gone, say) is stuck and says why; the others go on. */
export function userRules(): DealerPlugin {
  return {
    name: 'rules',
    propose(context) {
      const { now } = context;
      const recorded = context.requests.filter((request) => request.kind === 'rule');
      const isOver = ({ until }: UserRule): boolean => until !== null && now >= until;
      const standing = [...recorded, ...context.rules].filter((rule) => !isOver(rule)).sort((a, b) => a.id - b.id);
      const rules = standing.map(copyRuleOf);
      const broken = new Map<CopyRule, RuleReport>();
      for (const rule of rules) {
        const fault = faultOf(context, rule);
        if (fault !== null) broken.set(rule, brokenRule(rule, fault));
      }
      const sound = rules.filter((rule) => !broken.has(rule));
      const { proposals, stake, report } = proposeForRules(context, sound, 'rules');
      return {
        proposals,
        stake,
        conclude(outcomes) {
          const reports = [...report(outcomes), ...broken.values()];
          const byName = new Map(reports.map((each) => [each.rule, each]));
          const requests = recorded.flatMap((rule) =>
            changeOf(rule, isOver(rule) ? null : byName.get(copyRuleOf(rule).name), now),
          );
          return { requests, report: { rules: reports } };
        },
      };
    },
  };
}

/** `report`: null where its time has come. */
function changeOf(rule: RuleRecord, report: RuleReport | null | undefined, now: number): RequestChange[] {
  if (report === undefined) return [];
  const progress = report === null ? rule.progress : ruleProgressOf(report);
  const state = report === null ? 'done' : 'active';
  const reason =
    report === null || progress === null
      ? `its time ended at ${timeText(rule.until ?? now)}`
      : ruleProgressWords(progress);
  if (rule.state === state && rule.reason === reason && sameRecord(rule.progress, progress)) return [];
  return [{ before: rule, after: { ...rule, state, reason, progress, updatedAt: now } }];
}

function faultOf(context: DealerContext, rule: CopyRule): string | null {
  const { tables, sites, now, attributes, configuration } = context;
  return ruleFault(tables, rule, { sites, now, attributes, partition: configuration.partition, path: 'rules' });
}

function brokenRule({ name }: CopyRule, why: string): RuleReport {
  const nothing = { datasets: 0, copies: 0, there: 0, on_the_way: 0, missing: 0, bytes_missing: 0 };
  return { rule: name, state: 'stuck', ...nothing, why, remedy: 'change the rule, or remove it' };
}
