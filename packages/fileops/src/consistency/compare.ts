/**
 * The difference between what is at a site and what should be: one pass over two streams in the same order, in constant
 * memory.
 */
import { compareByteOrder, type Lfn, type ListedFile } from '@dynamo/core';
import { openCursor } from './sorted-cursor.ts';

/** A file of the catalogue at the place where the site would have it. */
export interface ExpectedFile {
  readonly path: string;
  readonly lfn: Lfn;
  readonly size: number;
  /** `in-flight`: an operation may be changing it right now, nothing can be said. */
  readonly state: 'present' | 'absent' | 'in-flight';
}

/** `name` is the LFN of what is catalogued, and the path of an orphan. */
export type Finding =
  | { readonly kind: 'missing'; readonly name: string; readonly path: string; readonly size: number }
  | {
      readonly kind: 'orphan';
      readonly name: string;
      readonly path: string;
      readonly listed: ListedFile;
      /** Of a file of the catalogue that the site is not known to have: it may have come back. */
      readonly lfn: Lfn | null;
    }
  | {
      readonly kind: 'size-mismatch';
      readonly name: string;
      readonly path: string;
      readonly size: number;
      readonly listed: ListedFile;
    };

export interface ComparisonTotals {
  readonly listedFiles: number;
  readonly listedBytes: number;
  /** Files that should be there. */
  readonly presentFiles: number;
  readonly inFlightFiles: number;
}

/** Both streams are in byte order of `path`, without repetition; where they are not, it rejects with `corrupt`. */
export async function* compareSite(
  listing: AsyncIterable<readonly ListedFile[]>,
  expected: AsyncIterable<readonly ExpectedFile[]>,
): AsyncGenerator<Finding, ComparisonTotals, void> {
  await using listed = await openCursor(listing, 'the listing');
  await using wanted = await openCursor(expected, "the catalogue's view of the site");
  const totals = { listedFiles: 0, listedBytes: 0, presentFiles: 0, inFlightFiles: 0 };

  while (listed.current !== undefined || wanted.current !== undefined) {
    const { current: file } = listed;
    const { current: want } = wanted;
    const order =
      file === undefined
        ? 1
        : want === undefined
          ? -1
          : file.path === want.path
            ? 0
            : compareByteOrder(file.path, want.path);
    const here = order <= 0 ? file : undefined;
    const there = order >= 0 ? want : undefined;
    if (here !== undefined) {
      totals.listedFiles += 1;
      totals.listedBytes += here.size;
    }
    if (there?.state === 'present') totals.presentFiles += 1;
    if (there?.state === 'in-flight') totals.inFlightFiles += 1;

    const finding = judge(here, there);
    if (finding !== null) yield finding;

    const moreListed = here === undefined ? undefined : listed.next();
    if (moreListed !== undefined) await moreListed;
    const moreWanted = there === undefined ? undefined : wanted.next();
    if (moreWanted !== undefined) await moreWanted;
  }
  return totals;
}

function judge(listed: ListedFile | undefined, want: ExpectedFile | undefined): Finding | null {
  if (want?.state === 'in-flight') return null;
  if (want?.state === 'present') {
    const { path, lfn: name, size } = want;
    if (listed === undefined) return { kind: 'missing', name, path, size };
    return listed.size === size ? null : { kind: 'size-mismatch', name, path, size, listed };
  }
  if (listed === undefined) return null;
  return { kind: 'orphan', name: listed.path, path: listed.path, listed, lfn: want?.lfn ?? null };
}
