import type { BlockName, DatasetName, GroupName, Plan, PlanStep, Reason, ReplicaFacts, SiteName } from '@dynamo/core';
import { DEFAULT_LINE, GUARD_LINE } from './decisions.ts';
import { detoxPlanJson } from './detox-plan-json.ts';
import type { DetoxResult } from './detox-result.ts';

/** What core carries out: deletions in the order in which the run decided them, then the hand-overs. */
export function detoxPlan(result: DetoxResult): Plan {
  const { policy, version, now, notCommittable } = result;
  return {
    planner: 'detox',
    title: `Detox ${policy.partition}`,
    version,
    now,
    steps: detoxSteps(result),
    requests: [],
    notCommittable,
    document: detoxPlanJson(result),
    notes: { supplied: result.supplied },
  };
}

function detoxSteps({ policy, run }: DetoxResult): PlanStep[] {
  const { image, view, decisions, deleted, handedOver } = run;
  const { tables } = view;
  const { copyRow, copyBlock, blockRow } = image.arrays;
  /** Of each block in the image, complete copies that the plan deletes. */
  const leaving = new Uint16Array(blockRow.length);
  for (const copy of deleted) {
    const block = copyBlock[copy] as number;
    if (image.isComplete(copy)) leaving[block] = (leaving[block] as number) + 1;
  }
  const reasons = new Map<number, Reason>();
  const steps: PlanStep[] = [];
  for (const copy of deleted) {
    const block = copyBlock[copy] as number;
    steps.push({
      kind: 'delete',
      ...target(copy),
      facts: facts(copy),
      copiesLeft: tables.blocks.completeCopies.get(blockRow[block] as number) - (leaving[block] as number),
      reason: reasonOf(decisions.lineOfCopy[copy] as number),
    });
  }
  for (const copy of Uint32Array.from(handedOver.keys()).sort()) {
    const to = tables.groups.get(handedOver.get(copy) as number)?.name ?? null;
    const reason = { source: 'detox', text: `the rest of its dataset replica is owned by ${to ?? 'None'} and stays` };
    steps.push({ kind: 'hand-over', ...target(copy), facts: facts(copy), to, reason });
  }
  return steps;

  function target(copy: number): { dataset: DatasetName; block: BlockName; site: SiteName } {
    const row = copyRow[copy] as number;
    const blockAt = tables.blockReplicas.block.get(row);
    return {
      dataset: tables.datasets.name.get(tables.blocks.dataset.get(blockAt)) as DatasetName,
      block: tables.blocks.name(blockAt) as BlockName,
      site: tables.sites.get(tables.blockReplicas.site.get(row))?.name as SiteName,
    };
  }

  /** As the view has them: a block that was handed over in the run and deleted later still has its first owner. */
  function facts(copy: number): ReplicaFacts {
    const row = copyRow[copy] as number;
    const { blockReplicas, groups } = tables;
    const group: GroupName | null = groups.get(blockReplicas.group.get(row))?.name ?? null;
    return { group, lastUpdate: blockReplicas.lastUpdate.get(row), files: blockReplicas.files(row) };
  }

  function reasonOf(code: number): Reason {
    let reason = reasons.get(code);
    if (reason === undefined) {
      reason = { source: 'detox', text: `policy ${policy.partition}, ${lineText(code)}` };
      reasons.set(code, reason);
    }
    return reason;
  }

  function lineText(code: number): string {
    if (code === DEFAULT_LINE || code >= GUARD_LINE)
      return `the default decision, line ${policy.defaultLine}: ${policy.defaultText}`;
    const line = policy.lines[code - 1];
    return `line ${line?.line ?? 0}: ${line?.text ?? ''}`;
  }
}
