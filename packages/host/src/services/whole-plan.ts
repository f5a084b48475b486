/** Decisions of Detox are kept beside the document of a plan, in a few bytes each: here they are put back into it. */
import type { CycleRecord, HistoryStore } from '@dynamo/core';
import { DynamoError } from '@dynamo/core';
import { type DecisionFilter, unpackDecisions, unpackNames, type WrittenDecision } from '@dynamo/policies';

/** What a plan of Detox is kept as, beside its document. */
export interface PackedDecisions {
  readonly decisions: Uint8Array;
  readonly datasets: Uint8Array;
}

/** Null: the cycle has none, as its planner is another one. Rejects with `corrupt` where they are named and not there. */
export async function readDecisions(
  history: HistoryStore,
  { contents }: Pick<CycleRecord, 'contents'>,
): Promise<PackedDecisions | null> {
  const { decisions, datasets } = contents;
  if (decisions === undefined || datasets === undefined) return null;
  return { decisions: await readContent(history, decisions), datasets: await readContent(history, datasets) };
}

export async function readContent(history: HistoryStore, digest: string): Promise<Uint8Array> {
  const content = await history.content(digest);
  if (content !== null) return content;
  throw new DynamoError('corrupt', `the history lacks what it keeps as ${digest}: restore the database from a backup`);
}

/** The plan as docs/formats.md has it: its decisions stand before the hand-overs. */
export function withDecisions(plan: unknown, packed: PackedDecisions | null): unknown {
  if (packed === null || typeof plan !== 'object' || plan === null) return plan;
  const { handed_over, ...head } = plan as { readonly handed_over?: unknown };
  return { ...head, decisions: [...decisionsOf(packed)], handed_over };
}

export function decisionsOf(
  { decisions, datasets }: PackedDecisions,
  wanted: DecisionFilter = {},
): Iterable<WrittenDecision> {
  return unpackDecisions(decisions, unpackNames(datasets), wanted);
}
