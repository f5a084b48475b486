import type { Change, OperationTarget, Version } from '@dynamo/core';
import type { ExpansionContext, InventoryReader } from './context.ts';
import type { PathLookup } from './path-lookup.ts';
import { cannot, type Expansion, type Work } from './work.ts';

type PathTarget = Extract<OperationTarget, { readonly kind: 'delete-path' }>;

const SUBJECT = 0;

/** Nothing is deleted where the path has come to be a file that the site has, or is getting. */
export async function expandPathDeletion(
  target: PathTarget,
  { inventory, naming, deletions }: ExpansionContext,
  lookup: PathLookup,
): Promise<Expansion> {
  using view = inventory.view();
  const site = view.site(target.site)?.toRecord();
  if (site === undefined) return cannot(`there is no site ${target.site} any more`, { hold: true });
  const pfn = naming.pfnOfPath(site, target.path);
  const backend = deletions.find((one) => one.accepts(site));
  if (pfn === null || backend === undefined) {
    return cannot(`no back-end can delete at site ${site.name}`, { hold: true });
  }
  const { claimedBy, version } = await lookup.find(site, target.path);
  const common: Omit<Work, 'subscriptions' | 'detail'> = {
    version,
    files: new Map(),
    isWholeBlock: false,
    isWanted: () => isUntouchedSince(inventory, version, site.name),
    describe: () => ({ subject: target.path, site: site.name }),
    run: (tasks, { stillMine, signal: stop }) =>
      tasks.map((task) => ({
        backend: backend.name,
        tasks: new Map([['path', task]]),
        results: backend.delete([{ id: 'path', site, pfn, stillMine }], { signal: stop }),
      })),
  };
  if (claimedBy !== null) {
    return { ok: true, work: { ...common, subscriptions: [], detail: `left alone: it is ${claimedBy} now` } };
  }
  return { ok: true, work: { ...common, subscriptions: [{ subject: SUBJECT, ways: 1 }], detail: 'the path is gone' } };
}

/** Nothing was committed since that could have given the site a file: no file is new, no replica there has changed. */
function isUntouchedSince(inventory: InventoryReader, version: Version, site: string): boolean {
  if (inventory.version === version) return true;
  const since = inventory.changesSince(version);
  return since.kind === 'changes' && since.changes.every(({ changes }) => !changes.changes.some(gives(site)));
}

function gives(site: string): (change: Change) => boolean {
  return ({ entity, after }) =>
    (entity === 'file' && after !== null) || (entity === 'blockReplica' && after !== null && after.site === site);
}
