/** The proposals of one plug-in in the order in which they are drawn. */
import { createRandomSource, type InventoryTables, type SortKey, sortRows } from '@dynamo/core';
import type { Bidder } from './deal.ts';
import type { PrioritisedPlugin, Proposal, ProposalOutcome, ProposalSet } from './dealer-plugin.ts';

export interface ProposalQueue {
  readonly plugin: PrioritisedPlugin['plugin'];
  readonly priority: number;
  readonly bidder: Bidder;
  readonly set: ProposalSet;
  /** Indexes of proposals; from `next` on they have not been drawn. */
  readonly order: Uint32Array;
  next: number;
  /** By index of proposals; undefined until they are drawn. */
  readonly outcomes: (ProposalOutcome | undefined)[];
}

/**
 * Higher ranks first; within a rank the order is drawn, from the seed and what is proposed alone: neither the order of
 * rows in memory nor the alphabet favours a dataset.
 */
export function queueOf(
  { plugin, priority }: PrioritisedPlugin,
  set: ProposalSet,
  tables: InventoryTables,
  seed: number,
): ProposalQueue {
  const { proposals } = set;
  const salt = createRandomSource(seed).split(plugin.name).nextUint32();
  const drawn = Float64Array.from(proposals, (proposal) => lot(proposal, tables, salt));
  const indexes = Uint32Array.from(proposals, (_, i) => i);
  const rank = (i: number): number => proposals[i]?.rank ?? 0;
  const ranked = proposals.some((proposal) => (proposal.rank ?? 0) !== 0);
  const byLot: SortKey = { value: (i) => drawn[i] as number };
  const order = sortRows(indexes, ranked ? [{ value: rank, order: 'decreasing' }, byLot] : [byLot]);
  // Filled at once: outcomes come in the order of the draw.
  const outcomes = new Array<undefined>(proposals.length).fill(undefined);
  const bidder = { name: plugin.name, priority };
  return { plugin, priority, bidder, set, order, next: 0, outcomes };
}

/** 53 bits of a hash (FNV-1a, once for each half) of the dataset's name, salted. */
function lot({ dataset }: Proposal, { datasets }: InventoryTables, salt: number): number {
  const name = datasets.name.get(dataset) ?? '';
  let high = 0x811c9dc5 ^ salt;
  let low = 0x01000193 ^ Math.imul(salt, 0x9e3779b1);
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
  }
  high ^= high >>> 15;
  low ^= low >>> 13;
  return (high >>> 0) * 2 ** 21 + ((low >>> 0) >>> 11);
}
