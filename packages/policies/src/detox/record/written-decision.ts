import type { DecidedBy } from '../list-decisions.ts';

/** A decision as docs/formats.md has it. */
export type WrittenDecision = DecidedBy & {
  readonly dataset: string;
  readonly site: string;
  readonly decision: 'delete' | 'keep' | 'protect';
  /** Bytes. */
  readonly size: number;
  /** Only where it is about a part of the replica. */
  readonly blocks?: readonly string[];
};

/** Blocks that got another owner instead of being deleted, as docs/formats.md has them. */
export interface WrittenHandOver {
  readonly dataset: string;
  readonly site: string;
  readonly blocks: readonly string[];
  readonly to: string;
}

/** Which decisions are asked for; what is left out matters not. */
export interface DecisionFilter {
  /** By its whole name. */
  readonly dataset?: string;
  readonly site?: string;
  /** In the policy's file; 0: the default decision. */
  readonly line?: number;
  readonly decision?: WrittenDecision['decision'];
}

/** What was decided, and by what: a run has few of these. */
export interface DecisionKind {
  readonly decision: WrittenDecision['decision'];
  readonly by: DecidedBy;
}

/** How often what was decided where: by this it is seen without the decisions which of them there are. */
export interface DecisionCounts {
  readonly kinds: readonly DecisionKind[];
  /** Sites at which something was decided; `counts` has one number for each kind. */
  readonly sites: readonly { readonly site: string; readonly counts: readonly number[] }[];
}

export function isWantedKind(
  { decision, by }: DecisionKind,
  wanted: Pick<DecisionFilter, 'line' | 'decision'>,
): boolean {
  if (wanted.decision !== undefined && wanted.decision !== decision) return false;
  return wanted.line === undefined || ('line' in by && by.line === wanted.line);
}

/** Of a site, a line and a kind of decision that are asked for; the dataset is not looked at. */
export function countDecisions({ kinds, sites }: DecisionCounts, wanted: DecisionFilter = {}): number {
  const isWanted = kinds.map((kind) => isWantedKind(kind, wanted));
  return sites
    .filter(({ site }) => (wanted.site ?? site) === site)
    .flatMap(({ counts }) => counts.filter((_, kind) => isWanted[kind]))
    .reduce((sum, count) => sum + count, 0);
}
