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
import { detoxPlanJson } from './detox-plan-json.ts';
import type { DetoxResult } from './detox-result.ts';
import { listHandOvers } from './list-hand-overs.ts';

/**
 * What core carries out: deletions in the order in which the run decided them (by which the guard let each of them pass),
 * then the hand-overs. Blocks of one dataset replica are in byte order of their names.
 */
export function detoxPlan(result: DetoxResult): Plan {
  const { policy, version, now, notCommittable } = result;
  return {
    planner: 'detox',
    title: `Detox ${policy.partition}`,
    version,
    now,
    steps: [...deletions(result), ...handOvers(result)],
    requests: [],
    notCommittable,
    document: detoxPlanJson(result),
  };
}

interface Target {
  readonly dataset: DatasetName;
  readonly block: BlockName;
  readonly site: SiteName;
}

function deletions(result: DetoxResult): PlanStep[] {
  const { image, view, decisions, deleted } = result.run;
  const { copyBlock, blockRow } = image.arrays;
  /** Of each block in the image, complete copies that the plan deletes. */
  const leaving = new Uint16Array(blockRow.length);
  for (const copy of deleted) {
    const block = copyBlock[copy] as number;
    if (image.isComplete(copy)) leaving[block] = (leaving[block] as number) + 1;
  }
  const reasons = new Map<number, Reason>();
  const steps: PlanStep[] = [];
  let sameReplica: PlanStep[] = [];
  for (const copy of deleted) {
    const block = copyBlock[copy] as number;
    const line = decisions.lineOfCopy[copy] as number;
    const reason = reasons.get(line) ?? { source: 'detox', text: reasonText(result, line) };
    reasons.set(line, reason);
    const step: PlanStep = {
      kind: 'delete',
      ...targetOf(result, copy),
      facts: factsOf(result, copy),
      copiesLeft: view.tables.blocks.completeCopies.get(blockRow[block] as number) - (leaving[block] as number),
      reason,
    };
    const [first] = sameReplica;
    if (first !== undefined && (first.dataset !== step.dataset || first.site !== step.site)) {
      steps.push(...sameReplica.sort(byBlock));
      sameReplica = [];
    }
    sameReplica.push(step);
  }
  steps.push(...sameReplica.sort(byBlock));
  return steps;
}

function handOvers(result: DetoxResult): PlanStep[] {
  return listHandOvers(result).flatMap(({ to, copies }) => {
    const reason = { source: 'detox', text: `${to} owns what stays of its dataset replica` };
    return copies
      .map(
        (copy): PlanStep => ({
          kind: 'hand-over',
          ...targetOf(result, copy),
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

function targetOf({ run }: DetoxResult, copy: number): Target {
  const { tables, copyRow } = run.image.arrays;
  const { blocks, blockReplicas, datasets, sites } = tables;
  const row = copyRow[copy] as number;
  const blockRow = blockReplicas.block.get(row);
  return {
    dataset: datasets.name.get(blocks.dataset.get(blockRow)) as DatasetName,
    block: blocks.name(blockRow) as BlockName,
    site: sites.get(blockReplicas.site.get(row))?.name as SiteName,
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

function reasonText({ policy }: DetoxResult, code: number): string {
  const line = code === DEFAULT_LINE ? undefined : policy.lines[code - 1];
  const where =
    line === undefined
      ? `the default decision, line ${policy.defaultLine}: ${policy.defaultText}`
      : `line ${line.line}: ${line.text}`;
  return `policy ${policy.partition}, ${where}`;
}
