/** From rows to names: what was taken, and the steps that it comes to. */
import {
  type BlockName,
  compareByteOrder,
  type DatasetName,
  type InventoryTables,
  type PlanStep,
  type Reason,
  type ReplicaFacts,
  type SiteName,
} from '@dynamo/core';
import type { Assignment } from './assignments.ts';
import type { TakenProposal } from './dealer-result.ts';

export interface DescribedAssignment {
  readonly taken: TakenProposal;
  readonly steps: readonly PlanStep[];
}

/** Blocks in the byte order of their names. */
export function describeAssignment(tables: InventoryTables, assignment: Assignment): DescribedAssignment {
  const { datasets, blocks, groups, sites } = tables;
  const { plugin, proposal, copies, handOvers, yielded, bytes } = assignment;
  const place = {
    dataset: datasets.name.get(proposal.dataset) as DatasetName,
    site: sites.get(assignment.site)?.name as SiteName,
  };
  const group = groups.get(assignment.group)?.name ?? null;
  const reason = reasonOf(assignment);
  const copied: BlockName[] = [];
  const handedOver: BlockName[] = [];
  const steps: PlanStep[] = [];
  for (const { row, name: block } of blocksByName(tables, assignment)) {
    // Before it is completed a partial replica of another group changes its owner.
    if (handOvers.has(row)) {
      handedOver.push(block);
      const facts = factsOf(tables, row, assignment.site);
      steps.push({ kind: 'hand-over', ...place, block, facts, to: group, reason });
    }
    if (copies.has(row)) {
      copied.push(block);
      steps.push({ kind: 'copy', ...place, block, group, reason });
    }
  }
  const taken: TakenProposal = {
    plugin,
    ...place,
    group,
    copied,
    handedOver,
    yielded: yielded.map(({ block, to }) => ({ block: blocks.name(block) as BlockName, to })),
    whole: proposal.blocks === null,
    bytes,
    reason: proposal.reason,
    reference: proposal.reference ?? null,
  };
  return { taken, steps };
}

function reasonOf({ plugin, proposal: { reason, reference } }: Assignment): Reason {
  return { source: 'dealer', text: `${plugin}: ${reason}`, ...(reference === undefined ? {} : { reference }) };
}

function blocksByName({ blocks }: InventoryTables, assignment: Assignment): { row: number; name: BlockName }[] {
  const named = assignment.blocks().map((row) => ({ row, name: blocks.name(row) as BlockName }));
  return named.length < 2 ? named : named.sort((a, b) => compareByteOrder(a.name, b.name));
}

function factsOf({ blockReplicas, groups }: InventoryTables, block: number, site: number): ReplicaFacts {
  const replica = blockReplicas.find(block, site);
  return {
    group: groups.get(blockReplicas.group.get(replica))?.name ?? null,
    lastUpdate: blockReplicas.lastUpdate.get(replica),
    files: blockReplicas.files(replica),
  };
}
