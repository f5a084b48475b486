import type { OperationTarget, TaskResult, TransferBackend, TransferTask } from '@dynamo/core';
import type { TaskOf } from '../state/events-and-effects.ts';
import { answered } from './answered.ts';
import { filesOfBlock } from './block-files.ts';
import { holding, type Source, sourcesForFile, sourcesOf } from './choose-sources.ts';
import type { ExpansionContext } from './context.ts';
import { replicaOf, watchReplica } from './replica-watch.ts';
import { type Batch, cannot, type Expansion, NOT_ITS_TURN } from './work.ts';

type CopyTarget = Extract<OperationTarget, { readonly kind: 'copy' }>;

/** Files that the replica does not have yet, each with the sites that can give it. */
export async function expandCopy(
  target: CopyTarget,
  context: ExpansionContext,
  signal: AbortSignal,
): Promise<Expansion> {
  const { inventory, files: catalogue, naming, transfers } = context;
  using view = inventory.view();
  const replica = replicaOf(view, target);
  if (replica?.operation !== 'copy') return NOT_ITS_TURN;
  if (replica.site.status !== 'ready') return cannot(`site ${target.site} is in status ${replica.site.status}`);
  const destination = replica.site.toRecord();
  const backendFor = (source: Source['site']): TransferBackend | undefined =>
    transfers.find((backend) => backend.accepts(source, destination));

  const files = await filesOfBlock(catalogue, view, replica.block, signal);
  if ('mismatch' in files) return cannot(files.mismatch, { hold: true });
  const has = holding(replica.contents);
  const lacking = new Map(files.filter(({ id }) => !has(id)).map((file) => [file.id as number, file]));
  const all = sourcesOf(replica.block.replicas(), target.site, (site) => backendFor(site) !== undefined);
  // Where nobody knows what is there, each file is looked for at the destination first.
  const isThere = replica.contents?.kind === 'unknown' && backendFor(destination) !== undefined;
  const own: readonly Source[] = isThere ? [{ site: destination, has: () => true }] : [];
  const sources = new Map([...lacking.values()].map(({ id }) => [id as number, [...own, ...sourcesForFile(all, id)]]));
  const sourceOf = ({ subject, way }: TaskOf): Source => sources.get(subject)?.[way] as Source;

  return {
    ok: true,
    work: {
      version: view.version,
      subscriptions: [...sources].map(([subject, { length: ways }]) => ({ subject, ways })),
      files: lacking,
      isWholeBlock: lacking.size === files.length,
      detail: 'every file has arrived',
      isWanted: watchReplica(inventory, target, (now) => now.operation === 'copy'),
      describe: (task) => ({ subject: lacking.get(task.subject)?.lfn ?? '', site: sourceOf(task).site.name }),
      run(tasks, { stillMine, signal: stop }) {
        const refused = new Map<string, { readonly task: TaskOf; readonly result: TaskResult }>();
        const byBackend = new Map<TransferBackend, { task: TaskOf; transfer: TransferTask }[]>();
        for (const task of tasks) {
          const file = lacking.get(task.subject);
          const { site } = sourceOf(task);
          const backend = backendFor(site);
          if (file === undefined || backend === undefined) continue;
          const id = `${task.subject}/${task.way}`;
          const from = naming.pfnOf(site, file.lfn);
          const to = naming.pfnOf(destination, file.lfn);
          if (from === null || to === null) {
            const fault = to === null ? 'destination' : 'other';
            const detail = `${to === null ? target.site : site.name} has no physical name for ${file.lfn}`;
            refused.set(id, { task, result: { id, ok: false, retryable: false, fault, detail } });
            continue;
          }
          const transfer: TransferTask = {
            id,
            source: { site, pfn: from },
            destination: { site: destination, pfn: to },
            size: file.size,
            checksums: file.checksums,
            stillMine,
          };
          const group = byBackend.get(backend);
          if (group === undefined) byBackend.set(backend, [{ task, transfer }]);
          else group.push({ task, transfer });
        }
        const batches = [...byBackend].map(
          ([backend, group]): Batch => ({
            backend: backend.name,
            tasks: new Map(group.map(({ task, transfer }) => [transfer.id, task])),
            results: backend.transfer(
              group.map(({ transfer }) => transfer),
              { signal: stop },
            ),
          }),
        );
        return refused.size === 0 ? batches : [...batches, answered(refused)];
      },
    },
  };
}
