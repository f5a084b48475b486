/**
 * What is done about confirmed findings: pure, and safe by construction.
 *
 * - Missing: the replica is recorded as without the file, so that nothing counts on it; where another replica has the
 *   file, it is copied back. Where none has it, it is reported as lost, and its record stays: only a person declares that.
 * - Wrong size: what is there is not the file. Where another replica has it, the same is done: the copy replaces the bad
 *   file by a rename once its own bytes are verified. Where none has it, nothing is done: what is there may be all that
 *   is left, and a file that is recorded as absent would be an orphan in the next round.
 * - Reappeared: what is there is a file of the catalogue, of the right size, that the site is not known to have, and no
 *   other replica that counts has it. It is recorded as there again: it may be all that is left.
 * - Orphan: the deletion of its path is opened; whether it has come to be catalogued is asked again when it is done.
 */
import {
  type BlockReplicaKey,
  type BlockReplicaView,
  type FileRecord,
  type InventoryDraft,
  type InventoryView,
  keyOf,
  type Reason,
  type SiteName,
} from '@dynamo/core';
import { holding } from '../operations/choose-sources.ts';
import { hasCountingCopy } from '../operations/counting-copy.ts';
import { replicaOf } from '../operations/replica-watch.ts';
import type { Finding } from './compare.ts';

export interface ReplicaRepair {
  readonly replica: BlockReplicaKey;
  readonly files: readonly FileRecord[];
  /** Whether another replica has at least one of them. */
  readonly copyBack: boolean;
}

export interface SiteActions {
  readonly site: SiteName;
  readonly repairs: readonly ReplicaRepair[];
  /** Missing here, and no other replica has them. */
  readonly lost: readonly FileRecord[];
  /** Of the wrong size here, and no other replica has them: for a person to look at. */
  readonly damaged: readonly FileRecord[];
  /** There again, and nowhere else that counts. */
  readonly reappeared: readonly FileRecord[];
  readonly orphans: readonly string[];
  /** Whether the site is to be marked verified. */
  readonly verify: boolean;
}

/** `files`: the records of those that the findings name. */
export function planSiteActions(
  check: { readonly site: SiteName; readonly confirmed: readonly Finding[]; readonly isClean: boolean },
  files: readonly FileRecord[],
  view: InventoryView,
): SiteActions {
  const { site, confirmed, isClean } = check;
  const byLfn = new Map<string, FileRecord>(files.map((file) => [file.lfn, file]));
  const repairs = new Map<string, { replica: BlockReplicaKey; files: FileRecord[]; copyBack: boolean }>();
  const lost: FileRecord[] = [];
  const damaged: FileRecord[] = [];
  const reappeared: FileRecord[] = [];
  const orphans: string[] = [];
  for (const finding of confirmed) {
    if (finding.kind === 'orphan') {
      const known = finding.lfn === null ? undefined : byLfn.get(finding.lfn);
      if (known !== undefined && hasReappeared(view, site, known, finding.listed.size)) reappeared.push(known);
      else orphans.push(finding.path);
      continue;
    }
    const file = byLfn.get(finding.name);
    const replica = file === undefined ? undefined : replicaOf(view, { ...file, site });
    if (file === undefined || replica === undefined || !isToBeRepaired(replica, file)) continue;
    const elsewhere = isElsewhere(replica, file);
    if (!elsewhere && finding.kind === 'size-mismatch') {
      damaged.push(file);
      continue;
    }
    if (!elsewhere) lost.push(file);
    const key = `${file.dataset}\t${file.block}`;
    const repair = repairs.get(key) ?? {
      replica: { dataset: file.dataset, block: file.block, site },
      files: [],
      copyBack: false,
    };
    repair.files.push(file);
    repair.copyBack ||= elsewhere;
    repairs.set(key, repair);
  }
  return {
    site,
    repairs: [...repairs.values()],
    lost,
    damaged,
    reappeared,
    orphans,
    verify: isClean && view.site(site)?.isVerified === false,
  };
}

/** Looks at every fact again: what the draft no longer bears out is left for the next round. */
export function applySiteActions(
  draft: InventoryDraft,
  { site, repairs, reappeared, orphans, verify }: SiteActions,
): void {
  for (const { replica: key, files, copyBack } of repairs) {
    const replica = replicaOf(draft, key);
    const still = files.filter((file) => replica !== undefined && isToBeRepaired(replica, file));
    if (replica === undefined || still.length === 0) continue;
    const { group } = replica;
    const names = still.length === 1 ? still[0]?.lfn : `${still.length} files, the first ${still[0]?.lfn}`;
    const finding = `not at ${site} as catalogued, in two checks in a row: ${names}`;
    draft.recordFact({ kind: 'files-gone', replica: key, files: still, evidence: { kind: 'consistency', finding } });
    if (copyBack) draft.openCopy(key, { group, reason: because(`recovery: ${finding}`) });
  }
  for (const file of reappeared) {
    if (!hasReappeared(draft, site, file, file.size)) continue;
    const finding = `at ${site} again, in two checks in a row: ${file.lfn}`;
    const replica = { dataset: file.dataset, block: file.block, site };
    draft.recordFact({ kind: 'files-arrived', replica, files: [file], evidence: { kind: 'consistency', finding } });
  }
  for (const path of orphans) draft.openPathDeletion(site, path, because('not catalogued, in two checks in a row'));
  const record = draft.record('site', keyOf('site', { name: site } as never));
  if (verify && record !== null) draft.put('site', { ...record, verified: true });
}

function because(text: string): Reason {
  return { source: 'consistency', text };
}

function isToBeRepaired({ operation, contents }: BlockReplicaView, { id }: FileRecord): boolean {
  return operation === 'none' && contents?.kind !== 'unknown' && holding(contents)(id);
}

/** A replica of its block is there, nothing is under way, and without these bytes there would be none that count. */
function hasReappeared(view: InventoryView, site: SiteName, file: FileRecord, size: number): boolean {
  const replica = replicaOf(view, { ...file, site });
  if (replica?.operation !== 'none' || size !== file.size) return false;
  return !holding(replica.contents)(file.id) && !hasCountingCopy(view, file, site);
}

function isElsewhere({ block, site }: BlockReplicaView, { id }: FileRecord): boolean {
  for (const other of block.replicas()) {
    if (other.site.name !== site.name && other.operation !== 'delete' && holding(other.contents)(id)) return true;
  }
  return false;
}
