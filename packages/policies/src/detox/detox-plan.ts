import {
  type BlockName,
  compareByteOrder,
  type DatasetName,
  type GroupName,
  type Plan,
  type PlanStep,
  type Reason,
  type ReplicaFacts,
  type SiteName,
} from '@dynamo/core';
import { DEFAULT_LINE } from './decisions.ts';
import { detoxNotes } from './detox-notes.ts';
import { detoxHeadJson } from './detox-plan-json.ts';
import type { DetoxResult } from './detox-result.ts';
import { listHandOvers } from './list-hand-overs.ts';
import { cycleInputs, type RecordBase } from './record/cycle-inputs.ts';

/** What a reason refers to, by which the history finds what a line did; 0: the default decision. */
export function lineReference(line: number): string {
  return `line ${line}`;
}

/**
 * What core carries out: deletions in the order in which the run decided them (by which the guard let each of them pass),
 * then the hand-overs. Blocks of one dataset replica are in byte order of their names. `recordBase`: contents of an earlier
 * cycle, beside which the history keeps no more than what has changed.
 */
export function detoxPlan(
  result: DetoxResult,
  { recordBase }: { readonly recordBase?: RecordBase | undefined } = {},
): Plan {
  const { policy, version, now, notCommittable } = result;
  return {
    planner: 'detox',
    title: `Detox ${policy.partition}`,
    version,
    now,
    steps: [...deletions(result), ...handOvers(result)],
    requests: [],
    notCommittable,
    document: detoxHeadJson(result),
    notes: detoxNotes(result),
    ...cycleInputs(result, recordBase),
  };
}

interface Target {
  readonly dataset: DatasetName;
  readonly block: BlockName;
  readonly site: SiteName;
}

function deletions(result: DetoxResult): PlanStep[] {
  const { image, view, decisions, deleted, deletedFrom } = result.run;
  const { copyBlock, blockRow } = image.arrays;
  /** Of each block in the image, complete copies that the plan deletes. */
  const leaving = new Uint16Array(blockRow.length);
  for (const copy of deleted) {
    const block = copyBlock[copy] as number;
    if (image.isComplete(copy)) leaving[block] = (leaving[block] as number) + 1;
  }
  const reasons = new Map<number, Reason>();
  const steps: PlanStep[] = [];
  let ofReplica: PlanStep[] = [];
  for (const [i, copy] of deleted.entries()) {
    const block = copyBlock[copy] as number;
    const line = decisions.lineOfCopy[copy] as number;
    const reason = reasons.get(line) ?? reasonOf(result, line);
    reasons.set(line, reason);
    ofReplica.push({
      kind: 'delete',
      ...targetOf(result, copy, deletedFrom[i] as number),
      facts: factsOf(result, copy),
      copiesLeft: view.tables.blocks.completeCopies.get(blockRow[block] as number) - (leaving[block] as number),
      reason,
    });
    if (deletedFrom[i + 1] === deletedFrom[i]) continue;
    for (const step of ofReplica.sort(byBlock)) steps.push(step);
    ofReplica = [];
  }
  return steps;
}

function handOvers(result: DetoxResult): PlanStep[] {
  return listHandOvers(result).flatMap(({ to, copies, replica }) => {
    const reason = { source: 'detox', text: `${to} owns what stays of its dataset replica` };
    return copies
      .map(
        (copy): PlanStep => ({
          kind: 'hand-over',
          ...targetOf(result, copy, replica),
          facts: factsOf(result, copy),
          to: to as GroupName,
          reason,
        }),
      )
      .sort(byBlock);
  });
}

function byBlock(a: PlanStep, b: PlanStep): number {
  return compareByteOrder(a.block, b.block);
}

function targetOf({ run }: DetoxResult, copy: number, replica: number): Target {
  const { tables, datasetName, sites, replicaDataset, replicaSite, blockRow, copyBlock } = run.image.arrays;
  return {
    dataset: datasetName[replicaDataset[replica] as number] as DatasetName,
    block: tables.blocks.name(blockRow[copyBlock[copy] as number] as number) as BlockName,
    site: sites[replicaSite[replica] as number]?.name as SiteName,
  };
}

/** As the view has them: a block that was handed over in the run and deleted later still has its first owner. */
function factsOf({ run }: DetoxResult, copy: number): ReplicaFacts {
  const { tables, copyRow } = run.image.arrays;
  const { blockReplicas, groups } = tables;
  const row = copyRow[copy] as number;
  return {
    group: groups.get(blockReplicas.group.get(row))?.name ?? null,
    lastUpdate: blockReplicas.lastUpdate.get(row),
    files: blockReplicas.files(row),
  };
}

function reasonOf({ policy }: DetoxResult, code: number): Reason {
  const line = code === DEFAULT_LINE ? undefined : policy.lines[code - 1];
  const where =
    line === undefined
      ? `the default decision, line ${policy.defaultLine}: ${policy.defaultText}`
      : `line ${line.line}: ${line.text}`;
  const text = `policy ${policy.partition}, ${where}`;
  return { source: 'detox', text, reference: lineReference(line?.line ?? 0) };
}
