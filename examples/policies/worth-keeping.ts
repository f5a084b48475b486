// What the words of the language cannot say: a function over typed views weighs use against size.
import type { PolicyModule, ReplicaSight, RunSight } from '@dynamo/policies';

const DAY = 86_400;

/** Bytes that a replica costs for each day that it was idle: what is large and long unread scores highest. */
function idleCost({ size, dataset }: ReplicaSight, { now }: RunSight): number {
  const idleDays = Math.max(0, (now - dataset.lastAccess) / DAY);
  return size * idleDays;
}

export const policy: PolicyModule = ({ blockReplica, dataset, replica, site }) => ({
  partition: 'Physics',
  on: [site.storageType.is('DISK')],
  when: [site.occupancy.above(0.9)],
  until: [site.occupancy.below(0.8)],
  lines: [
    { protectBlock: blockReplica.isLocked },
    { protect: replica.numFullDiskCopyCommonOwner.below(2) },
    {
      protect: ({ blockReplicas }) => new Set(blockReplicas.map(({ owner }) => owner)).size > 1,
      because: 'several groups share it',
    },
    { protect: (each, run) => idleCost(each, run) < 1e6, because: 'it costs little for how often it is read' },
    {
      dismissBlock: ({ owner, dataset: { status } }) => owner === 'None' || status !== 'VALID',
      because: 'unowned or no longer valid',
    },
  ],
  otherwise: 'dismiss',
  order: [{ decreasing: dataset.usageRank }, { increasing: replica.size }],
});
