import type { DetoxResult } from './detox-result.ts';
import { blockNames, listDecisions } from './list-decisions.ts';
import { listHandOvers } from './list-hand-overs.ts';

export interface DetoxPlanJsonOptions {
  /** Every decision lists its blocks, not only those about a part of a replica. */
  readonly blocks?: boolean;
}

/** In UTF-16 units, roughly. */
const PART_LENGTH = 1 << 16;

/** The plan as docs/formats.md has it, on one line: the same result gives the same bytes. */
export function detoxPlanJson(result: DetoxResult, options: DetoxPlanJsonOptions = {}): string {
  return [...detoxPlanJsonParts(result, options)].join('');
}

/** The same in parts, for plans that are too long for one string. */
export function* detoxPlanJsonParts(
  result: DetoxResult,
  { blocks: allBlocks = false }: DetoxPlanJsonOptions = {},
): Generator<string> {
  const { policy, version, now, iterations, lines, sites, run } = result;
  const head = {
    partition: policy.partition,
    policy_sha256: policy.sha256,
    inventory_version: version,
    now,
    iterations,
    lines: lines.map(({ line, text, matches }) => ({ line, text, matches })),
    sites: sites.map(({ site, quota, before, protected: kept, deleted, kept: dismissed, triggered, reachedStop }) => ({
      site,
      quota,
      before,
      protected: kept,
      deleted,
      kept: dismissed,
      triggered,
      reached_stop: reachedStop,
    })),
  };
  let part = `${JSON.stringify(head).slice(0, -1)},"decisions":[`;
  let separator = '';
  for (const each of listDecisions(result)) {
    const blocks = allBlocks || !each.isWhole ? `,"blocks":${JSON.stringify(each.blocks())}` : '';
    const by = 'rule' in each.by ? `"rule":${JSON.stringify(each.by.rule)}` : `"line":${each.by.line}`;
    part += `${separator}{"dataset":${JSON.stringify(each.dataset)},"site":${JSON.stringify(each.site)},`;
    part += `"decision":"${each.decision}",${by},"size":${each.size}${blocks}}`;
    separator = ',';
    if (part.length < PART_LENGTH) continue;
    yield part;
    part = '';
  }
  const handedOver = listHandOvers(result).map(({ dataset, site, copies, to }) => ({
    dataset,
    site,
    blocks: blockNames(run, copies),
    to,
  }));
  yield `${part}],"handed_over":${JSON.stringify(handedOver)}}`;
}
