// Disk as a cache: whatever nobody has read for longest goes first, as long as there is another copy.
// The same could be written as a policy text; in TypeScript the editor knows the words and their types.
import type { PolicyModule } from '@dynamo/policies';

export const policy: PolicyModule = ({ blockReplica, dataset, replica, site }) => ({
  partition: 'Physics',
  on: [[site.storageType.is('DISK'), site.status.is('READY')]],
  when: [site.occupancy.above(0.9)],
  until: [site.occupancy.below(0.8)],
  lines: [
    { protectBlock: blockReplica.isLocked },
    { delete: [dataset.status.isOneOf('INVALID', 'DEPRECATED'), dataset.lastUpdate.olderThan('1 week ago')] },
    { protect: replica.incomplete },
    { protect: replica.numFullDiskCopyCommonOwner.below(2) },
    { protect: dataset.lastAccess.newerThan('30 days ago') },
  ],
  otherwise: 'dismiss',
  order: [{ increasing: dataset.lastAccess }, { decreasing: replica.size }],
});
