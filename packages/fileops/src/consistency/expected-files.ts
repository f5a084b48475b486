import type { FileCatalogue, FileId, FileRecord, InventoryView, SiteRecord } from '@dynamo/core';
import { holding } from '../operations/choose-sources.ts';
import { replicaOf } from '../operations/replica-watch.ts';
import type { SiteNaming } from '../site-naming.ts';
import type { ExpectedFile } from './compare.ts';
import { sortByPath } from './sort-by-path.ts';

/** What the stream has to say besides its files, complete when it has ended. */
export interface ExpectedTally {
  /** Files that the site's chains do not take, or put outside its root. */
  unmappedFiles: number;
  /** Files that count as there, and are in flight: nothing was found out about them. */
  uncheckedFiles: number;
}

/** The files that the catalogue has for a site, as of the view, in byte order of their paths. */
export function expectedFiles(
  site: SiteRecord,
  view: InventoryView,
  catalogue: FileCatalogue,
  naming: SiteNaming,
  tally: ExpectedTally,
  signal: AbortSignal | undefined,
): AsyncIterable<readonly ExpectedFile[]> {
  const files = inOrderOfLfns(site, view, catalogue, naming, tally, signal);
  return naming.keepsOrder(site) ? files : sortByPath(files);
}

async function* inOrderOfLfns(
  site: SiteRecord,
  view: InventoryView,
  catalogue: FileCatalogue,
  naming: SiteNaming,
  tally: ExpectedTally,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ExpectedFile[], void, void> {
  const states = new Map<string, FileState>();
  const stateOf = (file: FileRecord): FileState => {
    const key = `${file.dataset}\t${file.block}`;
    let state = states.get(key);
    if (state === undefined) {
      if (states.size >= STATES_KEPT) states.clear();
      state = fileState(view, site, file);
      states.set(key, state);
    }
    return state;
  };

  const options = signal === undefined ? { at: view.version } : { at: view.version, signal };
  for await (const files of catalogue.filesOfSite(site.name, options)) {
    const expected: ExpectedFile[] = [];
    for (const file of files) {
      const path = naming.pathOf(site, file.lfn);
      if (path === null) {
        tally.unmappedFiles += 1;
        continue;
      }
      const { state, counts } = stateOf(file);
      const isHere = counts(file.id);
      if (state === 'in-flight' && isHere) tally.uncheckedFiles += 1;
      expected.push({ path, lfn: file.lfn, size: file.size, state: state ?? (isHere ? 'present' : 'absent') });
    }
    yield expected;
  }
}

/** Files of a block are mostly neighbours; a site may have millions of blocks. */
const STATES_KEPT = 4096;

interface FileState {
  /** Null: as the replica's contents say. */
  readonly state: 'in-flight' | null;
  /** Whether the guard takes the file for a copy. */
  readonly counts: (id: FileId) => boolean;
}

function fileState(view: InventoryView, { name }: SiteRecord, { dataset, block }: FileRecord): FileState {
  const replica = replicaOf(view, { dataset, block, site: name });
  if (replica === undefined) return { state: null, counts: () => false };
  const { operation, contents } = replica;
  const isInFlight = operation !== 'none' || contents?.kind === 'unknown';
  return {
    state: isInFlight ? 'in-flight' : null,
    counts: operation === 'delete' ? () => false : holding(contents),
  };
}
