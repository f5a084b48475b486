/** Carrying a plan out: each step is held against the state of the moment, and dropped, with the reason, if it no longer fits. */
import { joinKey, keyOf } from '../change-set/record-key.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import { DeletionTally } from '../guard/deletion-limits.ts';
import { type GuardRule, judgeRow } from '../guard/guard.ts';
import { compileLocks } from '../guard/locks.ts';
import type { BlockReplicaRecord } from '../model/records.ts';
import type { DroppedStep, Plan, PlanStep } from '../seams/plan.ts';
import { TimeSlice } from '../slices/time-slice.ts';
import type { InventoryDraft } from './draft.ts';
import { findBlockReplica } from './find-block-replica.ts';
import type { GuardCircumstances } from './guard-draft.ts';

export interface CarriedOut {
  readonly done: readonly PlanStep[];
  readonly dropped: readonly DroppedStep[];
}

/**
 * Throws `refused` for a plan that may not be carried out at all. Steps are taken in the plan's order. Deletions that
 * further rules or limits refuse are dropped where these are given; where not, the commit asks them about all of it.
 */
export async function carryOut(
  draft: InventoryDraft,
  plan: Plan,
  { now, rules = [], limits = {}, base = draft.tables }: Pick<GuardCircumstances, 'now'> & Partial<GuardCircumstances>,
): Promise<CarriedOut> {
  if (plan.notCommittable.length > 0) {
    throw new DynamoError('refused', `this plan cannot be committed: ${plan.notCommittable.join('; ')}`);
  }
  const done: PlanStep[] = [];
  const dropped: DroppedStep[] = [];
  const slice = new TimeSlice();
  const tooFewCopies = await blocksWithLostCopies(draft, plan, slice);
  const circumstances: Circumstances = {
    ...{ tooFewCopies, rules, now, tally: new DeletionTally(limits, base) },
    locks: compileLocks(draft.locks(), now),
  };
  const records = draft.blockReplicaRecords(plan.steps)[Symbol.iterator]();
  for (const step of plan.steps) {
    if (slice.isOver) await slice.next();
    const why = takeStep(draft, step, (records.next().value as BlockReplicaRecord | null) ?? null, circumstances);
    if (why === null) done.push(step);
    else dropped.push({ step, why });
  }
  for (const { before, after } of plan.requests) draft.putRequest(before, after);
  return { done, dropped };
}

interface Circumstances {
  readonly locks: ReturnType<typeof compileLocks>;
  readonly tooFewCopies: ReadonlySet<string>;
  readonly rules: readonly GuardRule[];
  readonly tally: DeletionTally;
  readonly now: number;
}

/** Null where the step was taken, else why it was not. */
function takeStep(
  draft: InventoryDraft,
  step: PlanStep,
  present: BlockReplicaRecord | null,
  circumstances: Circumstances,
): string | null {
  const { dataset, block, site } = step;
  const key = { dataset, block, site };
  if (step.kind === 'copy') {
    const source = draft.dataset(dataset);
    if (source?.block(block) === undefined) return 'the block is not there any more';
    if (source.status !== 'valid' && source.status !== 'production') return `the dataset is ${source.status} now`;
    if (draft.site(site)?.status !== 'ready') return 'the site is not ready any more';
    return draft.openCopy(key, step) ? null : whyNoCopy(draft, step);
  }
  const changed = present === null ? 'the replica is not there any more' : differs(draft, present, step);
  if (present === null || changed !== null) return changed;
  if (step.kind === 'hand-over') {
    if (step.to !== null && draft.group(step.to) === undefined) return `there is no group ${step.to} any more`;
    draft.put('blockReplica', { ...present, group: step.to });
    return null;
  }
  const verdict = judgeStep(draft, step, findBlockReplica(draft.tables, present), circumstances);
  if (verdict !== null) return verdict;
  draft.delete('blockReplica', keyOf('blockReplica', present), step.reason);
  return null;
}

/** A hand-over is not put in its place: whoever else may need the replica is asked when one is planned. */
function whyNoCopy(
  draft: InventoryDraft,
  { dataset, block, site, group }: Extract<PlanStep, { kind: 'copy' }>,
): string {
  const present = draft.record('blockReplica', joinKey(dataset, block, site));
  if (present === null || present.operation !== 'none' || present.group === group) {
    return 'the block is there already, or on its way';
  }
  return `the block is there already, and owned by ${present.group ?? 'None'}: the next cycle can hand it over`;
}

function judgeStep(
  draft: InventoryDraft,
  { dataset, block, site }: PlanStep,
  row: number,
  { locks, tooFewCopies, rules, tally, now }: Circumstances,
): string | null {
  if (tooFewCopies.has(joinKey(dataset, block))) return 'the block has fewer copies now than the plan counted on';
  const verdict = judgeRow(draft.tables, locks, row);
  if (!verdict.ok) return `the guard (${verdict.rule}): ${verdict.why}`;
  for (const rule of rules) {
    const why = rule.judge(draft, { dataset, block, site }, now);
    if (why !== null) return `the guard (${rule.name}): ${why}`;
  }
  const { blockReplicas } = draft.tables;
  const reached = tally.take(blockReplicas.site.get(row), { bytes: blockReplicas.size(row), replicas: 1 });
  return reached === null ? null : `the guard (${reached.rule}): ${reached.why}`;
}

function differs(
  draft: InventoryDraft,
  present: BlockReplicaRecord,
  { facts }: Extract<PlanStep, { kind: 'delete' | 'hand-over' }>,
): string | null {
  if (present.operation !== (facts.operation ?? 'none')) {
    if (present.operation === 'none') return 'what was open on it has ended';
    return `a ${present.operation === 'copy' ? 'copy to it' : 'deletion of it'} is open`;
  }
  if (present.group !== facts.group) return `its owner is ${present.group ?? 'None'} now`;
  const files = draft.tables.blockReplicas.files(findBlockReplica(draft.tables, present));
  return present.lastUpdate === facts.lastUpdate && files === facts.files ? null : 'the replica has changed';
}

/** Blocks of which this plan's deletions would now leave fewer complete copies than when it was made. */
async function blocksWithLostCopies(draft: InventoryDraft, plan: Plan, slice: TimeSlice): Promise<ReadonlySet<string>> {
  const leaving = new Map<string, { complete: number; left: number }>();
  for (const step of plan.steps) {
    if (step.kind !== 'delete') continue;
    if (slice.isOver) await slice.next();
    const key = joinKey(step.dataset, step.block);
    const replica = draft.dataset(step.dataset)?.block(step.block)?.replica(step.site);
    const complete = replica?.isComplete === true && replica.operation !== 'delete' ? 1 : 0;
    leaving.set(key, { complete: (leaving.get(key)?.complete ?? 0) + complete, left: step.copiesLeft });
  }
  const lost = new Set<string>();
  for (const [key, { complete, left }] of leaving) {
    if (slice.isOver) await slice.next();
    const [dataset, block] = key.split('\t') as [string, string];
    const copies = draft.dataset(dataset)?.block(block)?.completeCopies ?? 0;
    if (copies - complete < left) lost.add(key);
  }
  return lost;
}
