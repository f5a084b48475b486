import { DynamoError } from '@dynamo/core';
import {
  type DetoxExplanation,
  explainDetox,
  formatExplanation,
  recordedOptions,
  type WrittenDecision,
} from '@dynamo/policies';
import type { Application, ServiceOptions } from './application.ts';
import type { ExplainedDecision } from './explain-detox.ts';
import { type PastRunAsked, withPastRun } from './past-run.ts';
import { decisionsOf } from './whole-plan.ts';

/** `site` left out: everywhere the cycle decided something about it. */
export interface PastReplica {
  readonly dataset: string;
  readonly site?: string;
}

export interface ExplainedPast extends ExplainedDecision {
  readonly cycle: number;
  readonly site: string;
  /** What was decided then is what the explanation comes to. */
  readonly agrees: boolean;
}

/**
 * Why a past cycle of Detox decided what it did about a dataset: the run is made again (`withPastRun`), and watched. Rejects
 * with `not-found` where the cycle decided nothing about it anywhere.
 */
export function explainPast(
  application: Application,
  asked: PastRunAsked,
  { dataset, site: wanted }: PastReplica,
  options: ServiceOptions = {},
): Promise<readonly ExplainedPast[]> {
  const { cycle } = asked;
  return withPastRun(application, asked, options, ({ record, recorded, view, ...given }) => {
    const then = new Map<string, WrittenDecision[]>();
    for (const decision of decisionsOf(recorded.contents)) {
      if (decision.dataset !== dataset) continue;
      const known = then.get(decision.site);
      if (known === undefined) then.set(decision.site, [decision]);
      else known.push(decision);
    }
    const sites = wanted === undefined ? [...then.keys()] : [wanted];
    if (sites.length === 0) {
      throw new DynamoError('not-found', `cycle ${cycle} (${record.title}) decided nothing about ${dataset}`);
    }
    const asRecorded = recordedOptions(recorded, given);
    return sites.map((site) => {
      const explanation = explainDetox(view, asRecorded, dataset, site);
      const agrees = says(explanation.decisions) === says(then.get(site) ?? []);
      const warning = agrees ? '' : '\nThe cycle decided otherwise then: `dynamo detox replay` says what differs.\n';
      return { cycle, site, agrees, explanation, text: formatExplanation(explanation) + warning };
    });
  });
}

function says(decisions: DetoxExplanation['decisions'] | readonly WrittenDecision[]): string {
  const plain = decisions.map(({ decision, size, ...by }) => [decision, size, 'rule' in by ? by.rule : by.line]);
  return JSON.stringify(plain);
}
