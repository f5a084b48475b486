import { DynamoError } from '@dynamo/core';
import { type DetoxExplanation, formatExplanation, unpackedDecisions, type WrittenDecision } from '@dynamo/policies';
import type { Application, ServiceOptions } from './application.ts';
import type { ExplainedDecision } from './explain-detox.ts';
import { askPastRun, type PastRunAsked, readPastRun } from './past-run.ts';
import { madeByAnother } from './replay-detox.ts';

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
 * Why a past cycle of Detox decided what it did about a dataset: the run is made again (`askPastRun`), and watched. Rejects
 * with `not-found` where the cycle decided nothing about it anywhere.
 */
export async function explainPast(
  application: Application,
  asked: PastRunAsked,
  { dataset, site: wanted }: PastReplica,
  options: ServiceOptions = {},
): Promise<readonly ExplainedPast[]> {
  const past = await readPastRun(application, asked);
  const { cycle, title } = past.record;
  const unpacked = unpackedDecisions(past.recorded.contents);
  const then = Map.groupBy(unpacked.decisions({ dataset }), ({ site }) => site);
  const sites = wanted === undefined ? [...then.keys()] : [wanted];
  if (sites.length === 0)
    throw new DynamoError('not-found', `cycle ${cycle} (${title}) decided nothing about ${dataset}`);
  const { explanations } = await askPastRun(application, past, { kind: 'explain', dataset, sites }, options);
  return explanations.map((explanation) => {
    const { site } = explanation;
    const agrees = says(explanation.decisions) === says(then.get(site) ?? []);
    const other = madeByAnother(past.recorded.inputs.dynamo);
    const warning = agrees
      ? ''
      : `\nThe cycle decided otherwise then${other}: \`dynamo detox replay\` says what differs.\n`;
    return { cycle, site, agrees, explanation, text: formatExplanation(explanation) + warning };
  });
}

function says(decisions: DetoxExplanation['decisions'] | readonly WrittenDecision[]): string {
  const plain = decisions.map(({ decision, size, ...by }) => [decision, size, 'rule' in by ? by.rule : by.line]);
  return JSON.stringify(plain);
}
