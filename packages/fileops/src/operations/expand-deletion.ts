import type { DeletionTask, OperationTarget, TaskResult } from '@dynamo/core';
import type { TaskOf } from '../state/events-and-effects.ts';
import { answered } from './answered.ts';
import { filesOfBlock } from './block-files.ts';
import { holding } from './choose-sources.ts';
import type { ExpansionContext } from './context.ts';
import { replicaOf, watchReplica } from './replica-watch.ts';
import { type Batch, cannot, type Expansion, NOT_ITS_TURN } from './work.ts';

type DeletionTarget = Extract<OperationTarget, { readonly kind: 'delete' }>;

/** Files that the replica still has; of one with unknown contents, all that its block has. */
export async function expandDeletion(
  target: DeletionTarget,
  context: ExpansionContext,
  signal: AbortSignal,
): Promise<Expansion> {
  const { inventory, files: catalogue, naming, deletions, judgeDeletion, nowSeconds } = context;
  using view = inventory.view();
  const replica = replicaOf(view, target);
  if (replica?.operation !== 'delete') return NOT_ITS_TURN;
  const verdict = judgeDeletion(view, target, nowSeconds());
  if (!verdict.ok) return cannot(`the guard refuses it now (${verdict.rule}): ${verdict.why}`);
  const site = replica.site.toRecord();
  const backend = deletions.find((one) => one.accepts(site));
  if (backend === undefined) return cannot(`no back-end can delete at site ${site.name}`, { hold: true });

  const files = await filesOfBlock(catalogue, view, replica.block, signal);
  if ('mismatch' in files) return cannot(files.mismatch, { hold: true });
  const has = replica.contents?.kind === 'unknown' ? () => true : holding(replica.contents);
  const present = new Map(files.filter(({ id }) => has(id)).map((file) => [file.id as number, file]));

  return {
    ok: true,
    work: {
      version: view.version,
      subscriptions: [...present.keys()].map((subject) => ({ subject, ways: 1 })),
      files: present,
      isWholeBlock: present.size === files.length,
      detail: 'every file is gone',
      isWanted: watchReplica(
        inventory,
        target,
        ({ operation }, now) => operation === 'delete' && judgeDeletion(now, target, nowSeconds()).ok,
      ),
      describe: ({ subject }) => ({ subject: present.get(subject)?.lfn ?? '', site: site.name }),
      run(tasks, { stillMine, signal: stop }) {
        const refused = new Map<string, { readonly task: TaskOf; readonly result: TaskResult }>();
        const group: { readonly task: TaskOf; readonly deletion: DeletionTask }[] = [];
        for (const task of tasks) {
          const lfn = present.get(task.subject)?.lfn;
          if (lfn === undefined) continue;
          const id = String(task.subject);
          const pfn = naming.pfnOf(site, lfn);
          if (pfn !== null) group.push({ task, deletion: { id, site, pfn, stillMine } });
          else {
            const detail = `${site.name} has no physical name for ${lfn}`;
            refused.set(id, { task, result: { id, ok: false, retryable: false, fault: 'other', detail } });
          }
        }
        const batch: Batch = {
          backend: backend.name,
          tasks: new Map(group.map(({ task, deletion }) => [deletion.id, task])),
          results: backend.delete(
            group.map(({ deletion }) => deletion),
            { signal: stop },
          ),
        };
        return refused.size === 0 ? [batch] : [batch, answered(refused)];
      },
    },
  };
}
