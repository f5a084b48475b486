import { throwIfAborted } from '@dynamo/core';
import { fileOperations } from '../services/file-operations.ts';
import { listTransfers } from '../services/transfers.ts';
import type { DemoContext } from './demo-context.ts';

/** Carries out every open operation, with a bar where someone looks on. Throws where one is held: the demo's disks are good. */
export async function carryOutOperations({ application, story, signal }: DemoContext, title: string): Promise<void> {
  const total = (await listTransfers(application)).length;
  if (total === 0) return;
  using progress = story.progress(title);
  let ended = 0;
  const manager = fileOperations(application, {
    onEvent({ type }) {
      if (type !== 'recorded' && type !== 'closed') return;
      ended += 1;
      progress.update(Math.min(ended, total), total);
    },
  });
  await manager.runUntilDone({ signal });
  throwIfAborted('the demo', signal);
  const [held] = await listTransfers(application, { state: 'held' });
  if (held !== undefined) throw new Error(`operation ${held.id} did not succeed: ${held.lastError}`);
}
