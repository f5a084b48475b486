/** Whether a path at a site is a catalogued file that the site has, or is getting. */
import { setImmediate as turn } from 'node:timers/promises';
import type { FileRecord, InventoryView, SiteRecord, Version } from '@dynamo/core';
import { holding } from './choose-sources.ts';
import type { ExpansionContext } from './context.ts';
import { hasCountingCopy } from './counting-copy.ts';
import { replicaOf } from './replica-watch.ts';

export interface PathFound {
  /** What the path is, in words; null where no catalogued file is to be there. */
  readonly claimedBy: string | null;
  readonly version: Version;
}

export interface PathLookup {
  find(site: SiteRecord, path: string): Promise<PathFound>;
}

/**
 * A site whose names can be mapped back is asked for one LFN. For any other, its files are gone through; paths that are
 * asked for meanwhile wait for the next pass, which serves them all.
 */
export function createPathLookup({ inventory, files, naming }: LookupContext): PathLookup {
  const queues = new Map<string, Asker[]>();

  const askPass = (site: SiteRecord, path: string): Promise<PathFound> => {
    const { promise, resolve, reject } = Promise.withResolvers<PathFound>();
    const asker = { path, resolve, reject };
    const queue = queues.get(site.name);
    if (queue === undefined) void serve(site, [asker]);
    else queue.push(asker);
    return promise;
  };

  /** Never rejects: the askers are told. */
  const serve = async (site: SiteRecord, queue: Asker[]): Promise<void> => {
    queues.set(site.name, queue);
    await turn();
    while (queue.length > 0) {
      const askers = queue.splice(0);
      try {
        const { claims, version } = await pass(site, new Set(askers.map(({ path }) => path)));
        for (const { path, resolve } of askers) resolve({ claimedBy: claims.get(path) ?? null, version });
      } catch (error) {
        for (const { reject } of askers) reject(error);
      }
    }
    queues.delete(site.name);
  };

  const pass = async (site: SiteRecord, wanted: ReadonlySet<string>): Promise<PassResult> => {
    using view = inventory.view();
    const claims = new Map<string, string>();
    for await (const batch of files.filesOfSite(site.name, { at: view.version })) {
      for (const file of batch) {
        const path = naming.pathOf(site, file.lfn);
        const claim = path !== null && wanted.has(path) ? claimOn(view, site, file) : null;
        if (path !== null && claim !== null) claims.set(path, claim);
      }
    }
    return { claims, version: view.version };
  };

  return {
    async find(site, path) {
      const lfn = naming.lfnOfPath(site, path);
      if (lfn === undefined) return askPass(site, path);
      using view = inventory.view();
      const { version } = view;
      const found = lfn === null ? [] : await files.filesByLfn([lfn], { at: version });
      const claims = found.map((file) => claimOn(view, site, file)).filter((claim) => claim !== null);
      return { claimedBy: claims[0] ?? null, version };
    },
  };
}

type LookupContext = Pick<ExpansionContext, 'inventory' | 'files' | 'naming'>;

interface Asker {
  readonly path: string;
  readonly resolve: (found: PathFound) => void;
  readonly reject: (error: unknown) => void;
}

interface PassResult {
  readonly claims: ReadonlyMap<string, string>;
  readonly version: Version;
}

/**
 * A replica that is being deleted claims its files too: its own operation deletes them. So does a file of the catalogue
 * that nobody else has: these bytes may be all that is left of it, whatever the catalogue says of this site.
 */
function claimOn(view: InventoryView, site: SiteRecord, file: FileRecord): string | null {
  const { id, lfn, dataset, block } = file;
  const replica = replicaOf(view, { dataset, block, site: site.name });
  const isWanted =
    replica !== undefined &&
    (replica.contents?.kind === 'unknown' || replica.operation === 'copy' || holding(replica.contents)(id));
  if (isWanted) return `file ${lfn} of ${dataset}`;
  const status = view.dataset(dataset)?.status;
  if (status === undefined || status === 'invalid' || status === 'deleted') return null;
  return hasCountingCopy(view, file, site.name) ? null : `perhaps all that is left of file ${lfn} of ${dataset}`;
}
