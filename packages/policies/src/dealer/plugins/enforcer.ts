/** Rules that must be fulfilled, from the enforcer's file. */
import type { DealerPlugin } from '../dealer-plugin.ts';
import type { EnforcerRules } from '../rules/copy-rule.ts';
import { proposeForRules } from '../rules/rule-proposals.ts';

export function enforcer({ rules }: { readonly rules: EnforcerRules }): DealerPlugin {
  return {
    name: 'enforcer',
    propose(context) {
      const { proposals, stake, report } = proposeForRules(context, rules.rules, 'rules');
      return { proposals, stake, conclude: (outcomes) => ({ report: { rules: report(outcomes) } }) };
    },
  };
}
