/** From what rules need to proposals, and from their outcomes to reports. Shared by the enforcer and the users' rules. */
import type { Claim, DealerContext, Proposal, ProposalOutcome } from '../dealer-plugin.ts';
import type { CopyRule } from './copy-rule.ts';
import { findRuleNeeds, type RuleNeeds } from './rule-needs.ts';
import { type RuleReport, reportRule } from './rule-report.ts';

export interface RuleProposals {
  readonly proposals: readonly Proposal[];
  claim(dataset: number, site: number, group: number): Claim | null;
  report(outcomes: readonly ProposalOutcome[]): RuleReport[];
}

export function proposeForRules(context: DealerContext, rules: readonly CopyRule[], path: string): RuleProposals {
  const { tables, configuration, sites, now, attributes } = context;
  const partition = configuration.partition;
  const all = findRuleNeeds(tables, rules, { sites, now, partition, attributes, path });
  const proposals: Proposal[] = [];
  const ends: number[] = [];
  for (const { rule, group, ready, copies, needs } of all) {
    const reason = reasonOf(rule);
    for (const { dataset, there, coming } of needs) {
      // What is full there for another group is not counted: the engine takes it over before it copies anything.
      for (let missing = copies - there.length - coming.length; missing > 0 && ready.length > 0; missing--) {
        proposals.push({ dataset, blocks: null, destinations: ready, group, reason, reference: rule.name });
      }
    }
    ends.push(proposals.length);
  }
  let claims: ReadonlyMap<string, Claim> | undefined;
  return {
    proposals,
    claim(dataset, site, group) {
      claims ??= claimsOf(all);
      return claims.get(claimKey(dataset, site, group)) ?? null;
    },
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

/** As many copies of each dataset as its rule needs. */
function claimsOf(all: readonly RuleNeeds[]): ReadonlyMap<string, Claim> {
  const claims = new Map<string, Claim>();
  for (const { rule, group, copies, needs } of all) {
    if (group === null) continue;
    for (const { dataset, there } of needs) {
      for (const site of there.slice(0, copies)) {
        claims.set(claimKey(dataset, site, group), { rank: 0, by: reasonOf(rule) });
      }
    }
  }
  return claims;
}

function claimKey(dataset: number, site: number, group: number): string {
  return `${dataset} ${site} ${group}`;
}

/** Those of users are called rules in their names already. */
function reasonOf({ name }: CopyRule): string {
  return name.startsWith('rule ') ? name : `rule ${name}`;
}
