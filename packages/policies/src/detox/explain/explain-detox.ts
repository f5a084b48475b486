import { DynamoError, type InventoryView } from '@dynamo/core';
import type { DetoxOptions } from '../detox-options.ts';
import type { DetoxResult } from '../detox-result.ts';
import type { PartitionImage } from '../image/partition-image.ts';
import { blockNames, decisionsOf } from '../list-decisions.ts';
import { listHandOvers } from '../list-hand-overs.ts';
import { planObserved } from '../plan-detox.ts';
import type { DetoxExplanation } from './explanation.ts';
import { WalkRecorder } from './walk-recorder.ts';

/**
 * Runs the plan again and tells what the final evaluations of one dataset replica saw, and what became of it. Throws
 * `not-found` for a dataset or a site that the inventory does not have.
 */
export function explainDetox(
  view: InventoryView,
  options: DetoxOptions,
  dataset: string,
  site: string,
): DetoxExplanation {
  const [explanation] = explainDetoxAt(view, options, dataset, [site]);
  return explanation as DetoxExplanation;
}

/** The same for a dataset at several sites, of one run. */
export function explainDetoxAt(
  view: InventoryView,
  options: DetoxOptions,
  dataset: string,
  sites: readonly string[],
): DetoxExplanation[] {
  if (view.dataset(dataset) === undefined) throw new DynamoError('not-found', `there is no dataset ${dataset}`);
  for (const site of sites) {
    if (view.site(site) === undefined) throw new DynamoError('not-found', `there is no site ${site}`);
  }
  const recorders = new Map<string, WalkRecorder>();
  const result = planObserved(view, options, (figures, decisions) => {
    for (const site of sites) {
      const replica = replicaOf(figures.image, dataset, site);
      if (replica >= 0) recorders.set(site, new WalkRecorder(replica, options, figures, decisions));
    }
    return [...recorders.values()];
  });
  const handedOver = listHandOvers(result).filter((each) => each.dataset === dataset);
  return sites.map((site) => {
    const recorder = recorders.get(site);
    const atSite = result.sites.find((each) => each.site === site);
    const { partition } = options.policy;
    return {
      dataset,
      site,
      partition,
      absent: recorder === undefined ? whyAbsent(view, partition, { dataset, site }, atSite !== undefined) : null,
      triggered: atSite?.triggered ?? false,
      released: atSite?.reachedStop ?? false,
      evaluations: recorder?.evaluations(result.run.ruleNames) ?? [],
      decisions: recorder === undefined ? [] : decisionsAbout(result, recorder.replica),
      handed_over: handedOver
        .filter((each) => each.site === site)
        .map(({ to, copies }) => ({ to, blocks: blockNames(result.run, copies) })),
    };
  });
}

function replicaOf({ arrays }: PartitionImage, dataset: string, site: string): number {
  const { datasetName, firstReplica, replicaSite, sites } = arrays;
  const number = datasetName.indexOf(dataset);
  if (number < 0) return -1;
  for (let replica = firstReplica[number] as number; replica < (firstReplica[number + 1] as number); replica++) {
    if (sites[replicaSite[replica] as number]?.name === site) return replica;
  }
  return -1;
}

function decisionsAbout(result: DetoxResult, replica: number): DetoxExplanation['decisions'] {
  return decisionsOf(result, replica).map((each) => ({
    ...each.by,
    decision: each.decision,
    size: each.size,
    blocks: each.blocks(),
  }));
}

function whyAbsent(
  view: InventoryView,
  partition: string,
  { dataset, site }: { readonly dataset: string; readonly site: string },
  isTarget: boolean,
): string {
  if (!isTarget) return `no On line of the policy takes ${site}`;
  const replica = view.dataset(dataset)?.replica(site);
  if (replica === undefined) return `the dataset has no replica at ${site}`;
  const [first] = replica.blockReplicas();
  if (first === undefined) return 'its replica there has no blocks yet';
  return `no block of it at ${site} is in partition ${partition}`;
}
