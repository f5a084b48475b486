import { DynamoError } from '../errors/dynamo-error.ts';
import { type DeletionLimits, DeletionTally } from '../guard/deletion-limits.ts';
import { type GuardRule, judgeRow, type Verdict } from '../guard/guard.ts';
import { compileLocks } from '../guard/locks.ts';
import type { BlockReplicaKey } from '../model/records.ts';
import { TimeSlice } from '../slices/time-slice.ts';
import type { StateDraft } from './state-draft.ts';
import { type InventoryTables, NO_ROW } from './tables.ts';

const SHOWN = 5;

export interface GuardCircumstances {
  readonly rules: readonly GuardRule[];
  readonly limits: DeletionLimits;
  /** As it is before the commit: what fractions are of. */
  readonly base: InventoryTables;
  readonly now: number;
  /** A second person has agreed to it: limits hold, but not the one on what nobody has approved. */
  readonly isApproved?: boolean;
}

/** The last gate before a commit: throws `refused`, naming what and why, if one of the intended deletions may not be. */
export async function guardDraft(
  draft: StateDraft,
  intents: readonly BlockReplicaKey[],
  { rules, limits, base, now, isApproved = false }: GuardCircumstances,
): Promise<void> {
  const slice = new TimeSlice();
  const locks = compileLocks(draft.locks(), now);
  const tally = new DeletionTally(limits, base);
  const refusals: { replica: BlockReplicaKey; rule: string; why: string }[] = [];
  for (const replica of intents) {
    if (slice.isOver) await slice.next();
    const row = draft.state.blockReplicaRow(replica.dataset, replica.block, replica.site);
    if (row === NO_ROW) continue;
    const verdict = judge(draft, row, replica);
    if (!verdict.ok) refusals.push({ replica, rule: verdict.rule, why: verdict.why });
  }
  if (refusals.length === 0) {
    const why = isApproved ? null : tally.needsApproval;
    if (why === null) return;
    throw new DynamoError('refused', `the guard refuses ${intents.length} deletions: ${why} (approval)`, {
      data: { rule: 'approval', ...tally.taken },
    });
  }
  const shown = refusals
    .slice(0, SHOWN)
    .map((r) => `block ${r.replica.block} of ${r.replica.dataset} at ${r.replica.site}: ${r.why} (${r.rule})`);
  const more = refusals.length > SHOWN ? `; and ${refusals.length - SHOWN} more` : '';
  throw new DynamoError(
    'refused',
    `the guard refuses ${refusals.length} of ${intents.length} deletions: ${shown.join('; ')}${more}`,
    {
      data: { refusals },
    },
  );

  function judge(view: StateDraft, row: number, replica: BlockReplicaKey): Verdict {
    const verdict = judgeRow(view.tables, locks, row);
    if (!verdict.ok) return verdict;
    for (const rule of rules) {
      const why = rule.judge(view, replica, now);
      if (why !== null) return { ok: false, rule: rule.name, why };
    }
    const reached = tally.take(view.tables.blockReplicas.site.get(row), {
      bytes: view.tables.blockReplicas.size(row),
      replicas: 1,
    });
    return reached === null ? verdict : { ok: false, ...reached };
  }
}
