/** Sites that are directories of this machine: backend `file:///directory`, PFNs that are file URLs or absolute paths. */
import { assert, type DeletionBackend, type SiteRecord, type StorageLister, type TransferBackend } from '@dynamo/core';
import { mapUnordered } from '../concurrency/map-unordered.ts';
import { createPermits } from '../concurrency/permits.ts';
import { copyFile } from './file-copy.ts';
import { deleteInDirectory, groupByDirectory } from './file-delete.ts';
import { type SkippedEntry, walkFiles } from './file-list.ts';
import { absolutePath, fileRootOf } from './file-path.ts';

export interface FileStorageOptions {
  /** Copies, and directories in which files are deleted, at once; over all calls. */
  readonly concurrency?: number;
  /** Told of symbolic links and other things that a listing leaves out. */
  readonly onSkipped?: (site: SiteRecord, entry: SkippedEntry) => void;
}

export interface FileStorage {
  readonly transfers: TransferBackend;
  readonly deletions: DeletionBackend;
  readonly lister: StorageLister;
  /**
   * Removes files that a crash left half written: those last changed before `before` (seconds since 1970), which should
   * be longer ago than any copy takes. Resolves to their number.
   */
  sweepParts(site: SiteRecord, before: number, options?: { readonly signal?: AbortSignal }): Promise<number>;
}

export function createFileStorage({ concurrency = 8, onSkipped }: FileStorageOptions = {}): FileStorage {
  assert(Number.isInteger(concurrency) && concurrency >= 1, 'concurrency is a positive integer');
  const permits = createPermits(concurrency);
  const name = 'file';
  const accepts = (...sites: readonly SiteRecord[]): boolean => sites.every((site) => fileRootOf(site) !== null);

  return {
    transfers: {
      name,
      accepts,
      transfer: (tasks, { signal } = {}) =>
        mapUnordered(tasks, permits.count, (task) => permits.run(() => copyFile(task, signal))),
    },
    deletions: {
      name,
      accepts,
      async *delete(tasks, { signal } = {}) {
        const { groups, refused } = groupByDirectory(tasks);
        yield* refused;
        const deletions = mapUnordered(groups, permits.count, (group) =>
          permits.run(() => deleteInDirectory(group, signal)),
        );
        for await (const results of deletions) yield* results;
      },
    },
    lister: {
      name,
      accepts,
      list: (site, { signal } = {}) =>
        walkFiles(rootOf(site), { parts: false, onSkipped: (entry) => onSkipped?.(site, entry), signal }),
    },
    async sweepParts(site, before, { signal } = {}) {
      const root = rootOf(site);
      let swept = 0;
      for await (const files of walkFiles(root, { parts: true, onSkipped: () => undefined, signal })) {
        const tasks = files
          .filter(({ modified }) => modified !== null && modified < before)
          .map(({ path }) => ({ id: path, site, pfn: absolutePath(root, path), stillMine: () => true }));
        for (const group of groupByDirectory(tasks).groups) {
          swept += (await deleteInDirectory(group, signal)).filter(({ ok }) => ok).length;
        }
      }
      return swept;
    },
  };
}

function rootOf(site: SiteRecord): string {
  const root = fileRootOf(site);
  assert(root !== null, `site ${site.name} has a file:/// backend: ask \`accepts\` first`);
  return root;
}
