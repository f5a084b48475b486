import type { FileCatalogue, FileRecord, Lfn } from '@dynamo/core';
import type { CommitDraft } from '../operations/completion-batches.ts';
import type { InventoryReader } from '../operations/context.ts';
import type { SiteCheck } from './check-site.ts';
import { applySiteActions, planSiteActions, type SiteActions } from './plan-actions.ts';

/** LFNs asked for at once. */
const LOOKUP_FILES = 1000;

/** Does what a check calls for, in one commit, and says what that was. A check that was stopped calls for nothing. */
export async function actOnCheck(
  check: SiteCheck,
  {
    inventory,
    files,
    commit,
  }: { readonly inventory: InventoryReader; readonly files: FileCatalogue; readonly commit: CommitDraft },
): Promise<SiteActions> {
  using view = inventory.view();
  const believed = check.stopped === null ? check : { ...check, confirmed: [], isClean: false };
  const lfns = believed.confirmed.flatMap((finding) =>
    finding.kind === 'orphan' ? (finding.lfn ?? []) : [finding.name as Lfn],
  );
  const records: FileRecord[] = [];
  for (let start = 0; start < lfns.length; start += LOOKUP_FILES) {
    records.push(...(await files.filesByLfn(lfns.slice(start, start + LOOKUP_FILES), { at: view.version })));
  }
  const actions = planSiteActions(believed, records, view);
  const isNothing =
    actions.repairs.length + actions.reappeared.length === 0 && actions.orphans.length === 0 && !actions.verify;
  if (!isNothing) await commit((draft) => applySiteActions(draft, actions));
  return actions;
}
