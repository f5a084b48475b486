import type { DetoxResult } from './detox-result.ts';
import { blockNames, listDecisions } from './list-decisions.ts';
import { listHandOvers } from './list-hand-overs.ts';
import type { BlockNames } from './record/block-parts.ts';
import { type CycleContents, changedDatasets } from './record/cycle-inputs.ts';
import { unpackDatasets } from './record/dataset-table.ts';
import { UnpackedDecisions } from './record/unpack-decisions.ts';
import type { WrittenDecision, WrittenHandOver } from './record/written-decision.ts';

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
  yield* partsOf(headOf(result), writtenDecisions(result, allBlocks), writtenHandOvers(result));
}

/** The plan without its decisions and hand-overs, which the history keeps apart (`packDecisions`). */
export function detoxHeadJson(result: DetoxResult): string {
  return JSON.stringify(headOf(result));
}

/** The decisions and hand-overs of a plan, from what the history keeps. `blockNames`: of the version of the run, at best. */
export function unpackedDecisions(
  contents: Pick<CycleContents, 'decisions' | 'datasets' | 'changes'>,
  blockNames?: BlockNames,
): UnpackedDecisions {
  const datasets = changedDatasets(unpackDatasets(contents.datasets), contents.changes);
  return new UnpackedDecisions(contents.decisions, datasets, blockNames);
}

/** The whole plan again, from what `detoxHeadJson` gave and the history kept. */
export function wholePlanParts(head: object, unpacked: UnpackedDecisions): Generator<string> {
  return partsOf(head, unpacked.decisions(), unpacked.handedOver());
}

function headOf(result: DetoxResult): object {
  const { policy, version, now, iterations, lines, sites } = result;
  return {
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
}

export function writtenHandOvers(result: DetoxResult): WrittenHandOver[] {
  return listHandOvers(result).map(({ dataset, site, copies, to }) => ({
    ...{ dataset, site, blocks: blockNames(result.run, copies), to },
  }));
}

/** In the order of the plan. */
export function* writtenDecisions(result: DetoxResult, allBlocks = false): Generator<WrittenDecision> {
  for (const each of listDecisions(result)) {
    const { dataset, site, decision, size, by } = each;
    const about = { dataset, site, decision, ...by, size };
    yield allBlocks || !each.isWhole ? { ...about, blocks: each.blocks() } : about;
  }
}

function* partsOf(
  head: object,
  decisions: Iterable<WrittenDecision>,
  handedOver: readonly WrittenHandOver[],
): Generator<string> {
  let part = `${JSON.stringify(head).slice(0, -1)},"decisions":[`;
  let separator = '';
  for (const each of decisions) {
    const { dataset, site, decision, size } = each;
    const blocks = each.blocks === undefined ? '' : `,"blocks":${JSON.stringify(each.blocks)}`;
    const by = 'rule' in each ? `"rule":${JSON.stringify(each.rule)}` : `"line":${each.line}`;
    part += `${separator}{"dataset":${JSON.stringify(dataset)},"site":${JSON.stringify(site)},`;
    part += `"decision":"${decision}",${by},"size":${size}${blocks}}`;
    separator = ',';
    if (part.length < PART_LENGTH) continue;
    yield part;
    part = '';
  }
  yield `${part}],"handed_over":${JSON.stringify(handedOver)}}`;
}
