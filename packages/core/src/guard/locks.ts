import { compileGlob, isGlob } from '../condition/glob.ts';
import type { LockRecord } from '../model/records.ts';

/** Finds the lock that protects a block replica. Made for one version and one moment: expired locks are left out. */
export interface LockMatcher {
  find(replica: LockSubject): LockRecord | undefined;
  /** Whether some lock names the dataset: if not, `find` finds none for any replica of it. */
  names(dataset: string): boolean;
}

export interface LockSubject {
  readonly dataset: string;
  readonly block: string;
  readonly site: string;
  /** Null: the null group. */
  readonly group: string | null;
}

type Matches = (text: string) => boolean;

interface CompiledLock {
  readonly lock: LockRecord;
  readonly site: Matches;
  readonly group: Matches;
}

/** Locks that name datasets in the same way. */
interface LocksOfPattern {
  readonly dataset: Matches;
  readonly locks: CompiledLock[];
}

/** A lock is in force until its expiry, that second excluded. Locks that name a dataset outright are found by name. */
export function compileLocks(locks: Iterable<LockRecord>, now: number): LockMatcher {
  const byDataset = new Map<string, LocksOfPattern>();
  const byPattern = new Map<string, LocksOfPattern>();
  for (const lock of locks) {
    if (lock.expires !== null && lock.expires <= now) continue;
    const patterns = isGlob(lock.dataset) ? byPattern : byDataset;
    let same = patterns.get(lock.dataset);
    if (same === undefined) {
      same = { dataset: matcher(lock.dataset), locks: [] };
      patterns.set(lock.dataset, same);
    }
    same.locks.push({ lock, site: matcher(lock.site), group: matcher(lock.group) });
  }
  // Replicas of one dataset come one after the other, mostly.
  let dataset: string | undefined;
  let candidates: readonly CompiledLock[] = [];
  const candidatesOf = (name: string): readonly CompiledLock[] => {
    if (name !== dataset) {
      const named = byDataset.get(name)?.locks ?? [];
      const others = byPattern.values().filter((each) => each.dataset(name));
      candidates = [...named, ...others.flatMap((each) => each.locks)];
      dataset = name;
    }
    return candidates;
  };
  return {
    find: ({ dataset, block, site, group }) =>
      candidatesOf(dataset).find(
        (each) =>
          (each.lock.block === null || each.lock.block === block) && each.site(site) && each.group(group ?? 'None'),
      )?.lock,
    names: (dataset) => candidatesOf(dataset).length > 0,
  };
}

/** Null: any. A pattern that cannot be read protects whatever it could mean. */
function matcher(pattern: string | null): Matches {
  if (pattern === null) return () => true;
  if (!isGlob(pattern)) return (text) => text === pattern;
  let matches: Matches | undefined;
  return (text) => {
    if (matches === undefined) {
      const reading = compileGlob(pattern);
      matches = reading.ok ? reading.matches : () => true;
    }
    return matches(text);
  };
}
