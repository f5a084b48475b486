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
  readonly dataset: Matches;
  readonly site: Matches;
  readonly group: Matches;
}

/** A lock is in force until its expiry, that second excluded. Locks that name a dataset outright are found by name. */
export function compileLocks(locks: Iterable<LockRecord>, now: number): LockMatcher {
  const byDataset = new Map<string, CompiledLock[]>();
  const byPattern: CompiledLock[] = [];
  for (const lock of locks) {
    if (lock.expires !== null && lock.expires <= now) continue;
    const compiled: CompiledLock = {
      lock,
      dataset: matcher(lock.dataset),
      site: lock.site === null ? () => true : matcher(lock.site),
      group: lock.group === null ? () => true : matcher(lock.group),
    };
    if (isGlob(lock.dataset)) byPattern.push(compiled);
    else byDataset.set(lock.dataset, [...(byDataset.get(lock.dataset) ?? []), compiled]);
  }
  const applies = (candidate: CompiledLock, subject: LockSubject): boolean =>
    candidate.dataset(subject.dataset) &&
    candidate.site(subject.site) &&
    candidate.group(subject.group ?? 'None') &&
    (candidate.lock.block === null || candidate.lock.block === subject.block);
  return {
    find(subject) {
      const named = byDataset.get(subject.dataset)?.find((candidate) => applies(candidate, subject));
      return (named ?? byPattern.find((candidate) => applies(candidate, subject)))?.lock;
    },
    names: (dataset) => byDataset.has(dataset) || byPattern.some((candidate) => candidate.dataset(dataset)),
  };
}

function matcher(pattern: string): Matches {
  if (!isGlob(pattern)) return (text) => text === pattern;
  const reading = compileGlob(pattern);
  if (!reading.ok) return () => true;
  return reading.matches;
}
