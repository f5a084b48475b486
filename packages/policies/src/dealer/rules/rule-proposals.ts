/** From what rules need to proposals, and from their outcomes to reports. Shared by the enforcer and the users' rules. */
import type { DealerContext, Proposal, ProposalOutcome, Stake } from '../dealer-plugin.ts';
import type { CopyRule } from './copy-rule.ts';
import { type DatasetNeed, findRuleNeeds, type RuleNeeds } from './rule-needs.ts';
import { type RuleReport, reportRule } from './rule-report.ts';

export interface RuleProposals {
  readonly proposals: readonly Proposal[];
  stake(dataset: number, site: number, group: number): Stake | null;
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
  return {
    proposals,
    stake: (dataset, site, group) => stakeOf(all, dataset, site, group),
    report: (outcomes) =>
      all.map((needs, i) =>
        reportRule(tables, needs, { proposals, outcomes, from: ends[i - 1] ?? 0, to: ends[i] ?? 0 }),
      ),
  };
}

/** As many copies of each dataset as its rule needs. */
function stakeOf(all: readonly RuleNeeds[], dataset: number, site: number, group: number): Stake | null {
  for (const { rule, group: owner, copies, needs } of all) {
    if (owner !== group) continue;
    const place = findNeed(needs, dataset)?.there.indexOf(site) ?? -1;
    if (place >= 0 && place < copies) return { rank: 0, by: reasonOf(rule) };
  }
  return null;
}

/** By bisection: few are ever asked for, of very many. */
function findNeed(needs: readonly DatasetNeed[], dataset: number): DatasetNeed | undefined {
  let low = 0;
  let high = needs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((needs[middle]?.dataset ?? 0) < dataset) low = middle + 1;
    else high = middle;
  }
  return needs[low]?.dataset === dataset ? needs[low] : undefined;
}

/** Those of users are called rules in their names already. */
function reasonOf({ name }: CopyRule): string {
  return name.startsWith('rule ') ? name : `rule ${name}`;
}
