import { ExactSums } from '@dynamo/core';
import type { CheckedPolicy } from '../policy/checked-policy.ts';
import { DECISION, type Decision, type Decisions, GUARD_LINE } from './decisions.ts';
import type { DetoxLine, DetoxSite } from './detox-result.ts';
import type { PartitionImage } from './image/partition-image.ts';
import type { SiteFigures } from './site-figures.ts';

export interface FinishedRun {
  readonly policy: CheckedPolicy;
  readonly image: PartitionImage;
  readonly decisions: Decisions;
  readonly sites: SiteFigures;
  readonly isTriggered: Uint8Array;
  readonly isReleased: Uint8Array;
}

/** Bytes by site and decision, replicas by line: one pass over what was decided. */
export function summariseRun(run: FinishedRun): { readonly sites: DetoxSite[]; readonly lines: DetoxLine[] } {
  const { policy, image, decisions, sites } = run;
  const { sites: records, firstCopy, replicaSite } = image.arrays;
  const bytes = [DECISION.protect, DECISION.dismiss, DECISION.keep, DECISION.delete].map(
    (decision) => [decision, ExactSums.zeros(records.length)] as const,
  );
  const sumOf = new Map<number, ExactSums>(bytes);
  const matches = new Uint32Array(policy.lines.length + 1);
  const seenBy = new Int32Array(policy.lines.length + 1).fill(-1);
  const count = (replica: number, line: number): void => {
    if (line >= GUARD_LINE || seenBy[line] === replica) return;
    seenBy[line] = replica;
    matches[line] = (matches[line] as number) + 1;
  };
  for (let replica = 0; replica < image.replicas; replica++) {
    const start = firstCopy[replica] as number;
    const end = firstCopy[replica + 1] as number;
    for (let copy = start; copy < end; copy++) {
      const decision = decisions.ofCopy[copy] as Decision;
      if (decision === DECISION.left) continue;
      count(replica, decisions.lineOfCopy[copy] as number);
      sumOf.get(decision)?.add(replicaSite[replica] as number, image.copyBytes(copy));
    }
    if (start === end) count(replica, decisions.lineOfEmpty[replica] as number);
  }
  const sum = (decision: Decision, site: number): number => sumOf.get(decision)?.get(site) ?? 0;
  return {
    sites: records.map((record, site) => ({
      site: record.name,
      quota: sites.quotas[site] ?? null,
      before: sites.before[site] as number,
      after: sites.used(site),
      protected: sum(DECISION.protect, site),
      deleted: sum(DECISION.delete, site),
      kept: sum(DECISION.keep, site) + sum(DECISION.dismiss, site),
      triggered: run.isTriggered[site] === 1,
      reachedStop: run.isReleased[site] === 1,
    })),
    lines: [
      ...policy.lines.map(({ line, text }, index) => ({ line, text, matches: matches[index + 1] as number })),
      { line: 0, text: policy.defaultText, matches: matches[0] as number },
    ],
  };
}
