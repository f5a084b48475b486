/**
 * The guard: what no policy and no request may overrule. It judges intents to delete on a whole view, tape included.
 *
 *   no deletion may leave a file without another counting copy: the file present, no deletion open, at a ready and
 *   verified site; no custodial, locked or last-source replica goes. Of a dataset whose status is `invalid` or
 *   `deleted` everything may go that is not locked.
 *
 * Rules that policies and the host add can only refuse more.
 */

import { findBlockReplica } from '../inventory/find-block-replica.ts';
import type { InventoryTables } from '../inventory/tables.ts';
import { NO_ROW, REPLICA_FLAG } from '../inventory/tables.ts';
import type { InventoryView } from '../inventory/view.ts';
import { DATASET_STATUSES } from '../model/enumerations.ts';
import type { BlockReplicaKey } from '../model/records.ts';
import { type Holding, isCovered } from './file-coverage.ts';
import { compileLocks, type LockMatcher } from './locks.ts';

/** The names of the built-in rules, as plans and messages show them. */
export type BuiltInRule = 'locked' | 'custodial' | 'last-copy' | 'last-source';

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly rule: string; readonly why: string };

/** A further rule: of an experiment, a policy, the host. It sees the view as it would be with every intent carried out. */
export interface GuardRule {
  readonly name: string;
  /** Why this deletion may not be, or null. */
  judge(view: InventoryView, replica: BlockReplicaKey, now: number): string | null;
}

export const ALLOWED: Verdict = Object.freeze({ ok: true });

/**
 * Whether the block replica of that row may be deleted. Other replicas with a deletion open do not count as copies;
 * whether the replica itself has one open makes no difference.
 */
export function judgeRow(tables: InventoryTables, locks: LockMatcher, replicaRow: number): Verdict {
  const { blockReplicas: replicas, blocks, datasets, sites, groups } = tables;
  const blockRow = replicas.block.get(replicaRow);
  const datasetRow = blocks.dataset.get(blockRow);
  const lock = locks.find({
    dataset: datasets.name.get(datasetRow) as string,
    block: blocks.name(blockRow),
    site: sites.get(replicas.site.get(replicaRow))?.name ?? '',
    group: groups.get(replicas.group.get(replicaRow))?.name ?? null,
  });
  if (lock !== undefined) {
    return refusal(
      'locked',
      `lock ${lock.id} of ${lock.owner ?? 'nobody'} protects it${lock.comment === null ? '' : `: ${lock.comment}`}`,
    );
  }
  const status = DATASET_STATUSES[datasets.status.get(datasetRow)];
  if (status === 'invalid' || status === 'deleted') return ALLOWED;
  if ((replicas.flags.get(replicaRow) & REPLICA_FLAG.custodial) !== 0) {
    return refusal('custodial', 'it is the custodial copy');
  }
  return judgeCopies(tables, replicaRow, blockRow);
}

function judgeCopies(tables: InventoryTables, replicaRow: number, blockRow: number): Verdict {
  const { blockReplicas: replicas, blocks, sites } = tables;
  const staying: Holding[] = [];
  let otherSource = false;
  let copying = false;
  for (let row = blocks.firstReplica.get(blockRow); row !== NO_ROW; row = replicas.nextOfBlock.get(row)) {
    if (row === replicaRow) continue;
    const flags = replicas.flags.get(row);
    if ((flags & REPLICA_FLAG.deletionOpen) !== 0) continue;
    if ((flags & REPLICA_FLAG.copyOpen) !== 0) copying = true;
    const site = sites.get(replicas.site.get(row));
    if (site === undefined || site.status !== 'ready' || !site.verified) continue;
    const complete = (flags & REPLICA_FLAG.partial) === 0;
    if (complete && site.storage === 'disk') otherSource = true;
    staying.push({ contents: complete ? null : (replicas.partial.get(row)?.contents ?? { kind: 'unknown' }) });
  }
  const complete = (replicas.flags.get(replicaRow) & REPLICA_FLAG.partial) === 0;
  const contents = complete ? null : (replicas.partial.get(replicaRow)?.contents ?? { kind: 'unknown' as const });
  if (!isCovered({ contents }, staying, blocks.files.get(blockRow))) {
    return refusal('last-copy', 'it has files of which there is no other counting copy');
  }
  if (complete && copying && !otherSource) {
    return refusal('last-source', 'the block is being copied, and no other complete replica is on a ready disk site');
  }
  return ALLOWED;
}

/** For one replica by name, as when an operation is about to be carried out. A replica that is not there may go. */
export function judgeDeletion(view: InventoryView, key: BlockReplicaKey, now: number): Verdict {
  const { tables } = view;
  const row = findBlockReplica(tables, key);
  if (row === NO_ROW) return ALLOWED;
  return judgeRow(tables, compileLocks(view.locks(), now), row);
}

function refusal(rule: BuiltInRule, why: string): Verdict {
  return { ok: false, rule, why };
}
