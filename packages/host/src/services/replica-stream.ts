import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DatasetReplicaView, DynamoError, type InventoryView, throwIfAborted } from '@dynamo/core';
import { type PlanningApplication, readInventory, type ServiceOptions } from './application.ts';
import { type DatasetReplicaReport, replicaReport } from './browse.ts';

export interface ReplicaStream extends ServiceOptions {
  readonly site?: string;
  readonly dataset?: string;
}

/** How many are made before they are taken. */
const BATCH = 256;

/**
 * Gives the dataset replicas at a site, of a dataset, or the one of both, in batches, each when the one before has been
 * taken: all of one version, however many there are, in the memory of one batch.
 */
export function streamReplicas(
  application: Pick<PlanningApplication, 'scheduler' | 'inventory'>,
  { site, dataset, ...options }: ReplicaStream,
  take: (batch: readonly DatasetReplicaReport[]) => Promise<void>,
): Promise<void> {
  return readInventory(application, 'replicas', options, async (view, signal) => {
    let batch: DatasetReplicaReport[] = [];
    for (const replica of replicasOf(view, site, dataset)) {
      batch.push(replicaReport(replica));
      if (batch.length < BATCH) continue;
      await take(batch);
      batch = [];
      // Whoever takes at once would keep everybody else from a turn.
      await nextTurn();
      throwIfAborted('listing replicas', signal);
    }
    await take(batch);
  });
}

function replicasOf(
  view: InventoryView,
  site: string | undefined,
  dataset: string | undefined,
): Iterable<DatasetReplicaView> {
  const atSite = site === undefined ? undefined : view.site(site);
  if (site !== undefined && atSite === undefined) throw new DynamoError('not-found', `there is no site ${site}`);
  if (dataset === undefined) {
    if (atSite === undefined) throw new DynamoError('invalid-input', 'replicas: name a site or a dataset');
    return atSite.datasetReplicas();
  }
  const found = view.dataset(dataset);
  if (found === undefined) throw new DynamoError('not-found', `there is no dataset ${dataset}`);
  if (site === undefined) return found.replicas();
  const replica = found.replica(site);
  return replica === undefined ? [] : [replica];
}
