/** Data of one group given to another, where it is: nothing is copied. */
import { type InventoryTables, inputError, NO_ROW, REPLICA_FLAG } from '@dynamo/core';
import { compileDatasetConditions } from '../dataset-conditions.ts';
import type { GroupHandOverConfiguration, HandOverRule } from '../dealer-configuration.ts';
import type { DealerContext, DealerPlugin, Proposal, Stake } from '../dealer-plugin.ts';
import { matchSites } from '../site-conditions.ts';

export function groupHandOver({ rules }: Pick<GroupHandOverConfiguration, 'rules'>): DealerPlugin {
  return {
    name: 'group_hand_over',
    propose(context) {
      const proposals: Proposal[] = [];
      const gifts = rules.map((rule, i) => giftOf(context, rule, `plugins.group_hand_over.rules[${i}]`));
      for (const gift of gifts) for (const proposal of proposeFor(context, gift)) proposals.push(proposal);
      return { proposals, stake: (dataset, site, group) => stakeOf(gifts, dataset, site, group) };
    },
  };
}

/** A rule, bound to the inventory. */
interface Gift {
  readonly from: number;
  readonly to: number;
  readonly concerns: (dataset: number) => boolean;
  /** By site row. */
  readonly isMeant: Uint8Array;
  readonly reason: string;
}

function giftOf(context: DealerContext, rule: HandOverRule, path: string): Gift {
  const { tables, configuration, now, attributes } = context;
  return {
    from: groupRow(tables, rule.from, `${path}.from`),
    to: groupRow(tables, rule.to, `${path}.to`),
    concerns: compileDatasetConditions(tables, rule.datasets, { now, path: `${path}.datasets`, attributes }),
    isMeant: matchSites(tables, rule.sites, { now, partition: configuration.partition, path: `${path}.sites` }),
    reason: `data of ${rule.from ?? 'None'} given to ${rule.to ?? 'None'}`,
  };
}

/** What was given stays where it is. */
function stakeOf(gifts: readonly Gift[], dataset: number, site: number, group: number): Stake | null {
  const gift = gifts.find(({ to, isMeant, concerns }) => to === group && isMeant[site] === 1 && concerns(dataset));
  return gift === undefined ? null : { rank: 0, by: `the rule for ${gift.reason}` };
}

function* proposeFor({ tables }: DealerContext, { from, to, concerns, isMeant, reason }: Gift): Generator<Proposal> {
  const single = Array.from({ length: tables.sites.rows }, (_, row) => [row]);
  const { datasets, datasetReplicas } = tables;
  for (let dataset = 0; dataset < datasets.rows; dataset++) {
    if (!datasets.isLive(dataset) || !concerns(dataset)) continue;
    for (let row = datasets.firstReplica.get(dataset); row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
      const site = datasetReplicas.site.get(row);
      if (isMeant[site] !== 1) continue;
      const blocks = ownedBlocks(tables, dataset, site, from);
      if (blocks.length === 0) continue;
      const whole = blocks.length === datasets.blocks.get(dataset);
      const common = { group: to, handOverOnly: true, reason };
      yield { dataset, blocks: whole ? null : blocks, destinations: single[site] as number[], ...common };
    }
  }
}

/** Without those that are being copied or deleted: they change their owner once that is over. */
function ownedBlocks(
  { datasets, blocks, blockReplicas }: InventoryTables,
  dataset: number,
  site: number,
  group: number,
): number[] {
  const rows: number[] = [];
  for (let block = datasets.firstBlock.get(dataset); block !== NO_ROW; block = blocks.nextOfDataset.get(block)) {
    const row = blockReplicas.find(block, site);
    if (row === NO_ROW || blockReplicas.group.get(row) !== group) continue;
    if ((blockReplicas.flags.get(row) & (REPLICA_FLAG.copyOpen | REPLICA_FLAG.deletionOpen)) === 0) rows.push(block);
  }
  return rows;
}

/** Null: the null group. */
function groupRow({ groups }: InventoryTables, name: string | null, path: string): number {
  const row = name === null ? 0 : groups.find(name);
  if (row === NO_ROW) throw inputError({ what: `there is no group ${name}`, where: { path } });
  return row;
}
