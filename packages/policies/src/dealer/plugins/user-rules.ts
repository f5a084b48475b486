/** "Keep N copies of what matches this on sites that match that, until then": the enforcer, for what people asked. */
import { isDynamoError } from '@dynamo/core';
import type { DealerContext, DealerPlugin } from '../dealer-plugin.ts';
import { type CopyRule, copyRuleOf } from '../rules/copy-rule.ts';
import { checkRule } from '../rules/rule-needs.ts';
import { proposeForRules } from '../rules/rule-proposals.ts';
import type { RuleReport } from '../rules/rule-report.ts';

/** A rule that no longer holds up (its group has gone, say) is stuck and says why; the others go on. */
export function userRules(): DealerPlugin {
  return {
    name: 'rules',
    propose(context) {
      const rules = [...context.rules].sort((a, b) => a.id - b.id).map(copyRuleOf);
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
        conclude: (outcomes) => ({ report: { rules: [...report(outcomes), ...broken.values()] } }),
      };
    },
  };
}

function faultOf(context: DealerContext, rule: CopyRule): string | null {
  const { tables, sites, now, attributes, configuration } = context;
  try {
    checkRule(tables, rule, { sites, now, attributes, partition: configuration.partition, path: 'rules' });
    return null;
  } catch (error) {
    if (!isDynamoError(error, 'invalid-input')) throw error;
    return error.message;
  }
}

function brokenRule({ name }: CopyRule, why: string): RuleReport {
  const nothing = { datasets: 0, copies: 0, there: 0, on_the_way: 0, missing: 0, bytes_missing: 0 };
  return { rule: name, state: 'stuck', ...nothing, why, remedy: 'change the rule, or remove it' };
}
