import type { PartialContents } from '../model/records.ts';

/** What one replica of a block is known to hold. Null contents: every file. */
export interface Holding {
  readonly contents: PartialContents | null;
}

/**
 * Whether every file of `leaving` is also in some of `staying`, all of them replicas of one block of `blockFiles`
 * files. It is decided from what memory knows of each replica, without the list of the block's files; where that is
 * not enough to be sure, the answer is no.
 */
export function isCovered(leaving: Holding, staying: readonly Holding[], blockFiles: number): boolean {
  const known = staying.filter((holding) => holding.contents?.kind !== 'unknown');
  if (blockFiles === 0 || known.some((holding) => holding.contents === null)) return true;
  const { present, missingEverywhere } = combine(known);
  const { contents } = leaving;
  if (contents?.kind === 'present') {
    return contents.ids.every((id) => present.has(id) || missingEverywhere?.has(id) === false);
  }
  /** All of the block's files, but for those that `leaving` is known to lack. */
  const lacking = new Set<number>(contents?.kind === 'missing' ? contents.ids : []);
  if (missingEverywhere !== undefined) {
    return [...missingEverywhere].every((id) => present.has(id) || lacking.has(id));
  }
  for (const id of lacking) present.add(id);
  return present.size >= blockFiles;
}

/** Files that some replica is said to have; and, if some replicas say what they lack, the files that all of those lack. */
function combine(known: readonly Holding[]): { present: Set<number>; missingEverywhere: Set<number> | undefined } {
  const present = new Set<number>();
  let missingEverywhere: Set<number> | undefined;
  for (const { contents } of known) {
    if (contents?.kind === 'present') for (const id of contents.ids) present.add(id);
    if (contents?.kind === 'missing') {
      const missing = new Set<number>(contents.ids);
      missingEverywhere = missingEverywhere === undefined ? missing : missingEverywhere.intersection(missing);
    }
  }
  return { present, missingEverywhere };
}
