import type { FindingRecord } from '@dynamo/core';
import type { Finding } from './compare.ts';

/** Rounds in a row in which a finding is seen before anything is done about it. */
const ROUNDS_TO_CONFIRM = 2;

/** The findings of this round, each with the rounds in a row that have seen it. What was not seen again is forgotten. */
export function mergeFindings(
  previous: readonly FindingRecord[],
  current: readonly Pick<Finding, 'kind' | 'name'>[],
  { site, now }: { readonly site: string; readonly now: number },
): readonly FindingRecord[] {
  const earlier = new Map(previous.map((finding) => [keyOfFinding(finding), finding]));
  return current.map((finding) => {
    const before = earlier.get(keyOfFinding(finding));
    return {
      site,
      kind: finding.kind,
      name: finding.name,
      rounds: (before?.rounds ?? 0) + 1,
      firstSeen: before?.firstSeen ?? now,
      lastSeen: now,
    };
  });
}

export function isConfirmed({ rounds }: FindingRecord): boolean {
  return rounds >= ROUNDS_TO_CONFIRM;
}

function keyOfFinding({ kind, name }: Pick<Finding, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}
