import { DynamoError, inputError, isGlob, keyOf, type LockRecord, parseBlockName } from '@dynamo/core';
import {
  type Application,
  type PlanningApplication,
  readInventory,
  type ServiceOptions,
  type WritingOptions,
  writeSmall,
} from './application.ts';
import { compileNamePattern } from './name-pattern.ts';

/** What a lock protects; all but the dataset may be left out, globs are allowed except in `block`. */
export interface NewLock {
  readonly dataset: string;
  readonly site: string | null;
  readonly group: string | null;
  readonly block: string | null;
  /** Seconds since 1970; null: until it is removed. */
  readonly expires: number | null;
  readonly comment: string | null;
}

export async function addLock(application: Application, wanted: NewLock, options: WritingOptions): Promise<LockRecord> {
  for (const [path, pattern] of Object.entries({ dataset: wanted.dataset, site: wanted.site, group: wanted.group })) {
    if (pattern !== null) compileNamePattern(pattern, { path });
  }
  const { result } = await writeSmall(application, 'lock', options, (draft) => {
    if (!isGlob(wanted.dataset) && draft.dataset(wanted.dataset) === undefined) {
      throw inputError({ what: `there is no dataset ${wanted.dataset}`, where: { path: 'dataset' } });
    }
    const block = wanted.block === null ? null : parseBlockName(wanted.block, { path: 'block' });
    const lock: LockRecord = { ...wanted, block, id: draft.nextLockId(), owner: options.user };
    draft.put('lock', lock);
    return lock;
  });
  return result;
}

export async function removeLock(application: Application, id: number, options: WritingOptions): Promise<LockRecord> {
  const { result } = await writeSmall(application, 'lock', options, (draft) => {
    const lock = [...draft.locks()].find((candidate) => candidate.id === id);
    if (lock === undefined) throw new DynamoError('not-found', `there is no lock ${id}`);
    draft.delete('lock', keyOf('lock', lock), { source: 'operator', text: `removed by ${options.user}` });
    return lock;
  });
  return result;
}

export function listLocks(
  application: Pick<PlanningApplication, 'scheduler' | 'inventory'>,
  options: ServiceOptions = {},
): Promise<readonly LockRecord[]> {
  return readInventory(application, 'locks', options, (view) => [...view.locks()].sort((a, b) => a.id - b.id));
}
