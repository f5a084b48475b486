import type { Plan } from '@dynamo/core';
import { dealerDocument } from './dealer-document.ts';
import type { DealerResult } from './dealer-result.ts';
import { ruleNotes } from './rules/rule-notes.ts';

/** What core carries out. `notCommittable`: what the caller knows against it, such as a `--now` of its own. */
export function dealerPlan(result: DealerResult, notCommittable: readonly string[] = []): Plan {
  const { configuration, version, now, steps, requests } = result;
  return {
    planner: 'dealer',
    title: configuration.partition === null ? 'Dealer' : `Dealer for ${configuration.partition}`,
    version,
    now,
    steps,
    requests,
    notCommittable,
    document: JSON.stringify(dealerDocument(result)),
    notes: { rules: ruleNotes(result.plugins) },
  };
}
