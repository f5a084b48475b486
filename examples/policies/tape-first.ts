// Buffers in front of tape: production output stays on disk until all of it is on tape, and a while longer for retries.
// The target sites hold the tape as well, so that its copies are seen, and are then ignored: nothing on tape is decided.
import type { PolicyModule } from '@dynamo/policies';

export const policy: PolicyModule = ({ blockReplica, dataset, not, replica, site, always, never }) => ({
  partition: 'Physics',
  on: [site.storageType.isOneOf('DISK', 'MSS')],
  when: [always],
  until: [never],
  lines: [
    { ignore: site.storageType.is('MSS') },
    { protect: dataset.status.is('PRODUCTION') },
    { protectBlock: [dataset.onTape.isNot('FULL'), not(blockReplica.onTape)] },
    { protectBlock: blockReplica.isLastTransferSource },
    { protect: dataset.unhandledCopyExists },
    { protect: replica.lastBlockCreated.newerThan('2 weeks ago') },
    // A campaign that was promised to its analysts: the line ends by itself.
    { protect: dataset.name.is('/*/Run2018*/*'), until: '2026-07-01', because: 'Run 2018 stays for the summer' },
    { dismissBlock: blockReplica.onTape },
  ],
  otherwise: 'protect',
  order: [{ increasing: replica.lastBlockCreated }],
});
