/** From what rules need to proposals, and from their outcomes to reports. Shared by the enforcer and the users' rules. */
import type { DealerContext, Proposal, ProposalOutcome } from '../dealer-plugin.ts';
import type { CopyRule } from './copy-rule.ts';
import { findRuleNeeds } from './rule-needs.ts';
import { type RuleReport, reportRule } from './rule-report.ts';

export interface RuleProposals {
  readonly proposals: readonly Proposal[];
  report(outcomes: readonly ProposalOutcome[]): RuleReport[];
}

export function proposeForRules(context: DealerContext, rules: readonly CopyRule[], path: string): RuleProposals {
  const { tables, configuration, sites, now, attributes } = context;
  const partition = configuration.partition;
  const all = findRuleNeeds(tables, rules, { sites, now, partition, attributes, path });
  const proposals: Proposal[] = [];
  const ends: number[] = [];
  for (const { rule, group, ready, copies, needs } of all) {
    const reason = rule.name.startsWith('rule ') ? rule.name : `rule ${rule.name}`;
    for (const { dataset, there, coming } of needs) {
      // What is full there for another group is not counted: the engine takes it over before it copies anything.
      for (let missing = copies - there.length - coming.length; missing > 0 && ready.length > 0; missing--) {
        proposals.push({ dataset, blocks: null, destinations: ready, group, reason, reference: rule.name });
      }
    }
    ends.push(proposals.length);
  }
  return {
    proposals,
    report: (outcomes) =>
      all.map((needs, i) => {
        const own: { dataset: number; outcome: ProposalOutcome | undefined }[] = [];
        for (let at = ends[i - 1] ?? 0; at < (ends[i] ?? 0); at++) {
          own.push({ dataset: proposals[at]?.dataset ?? 0, outcome: outcomes[at] });
        }
        return reportRule(tables, needs, own);
      }),
  };
}
