/** What was done to files, as facts on their replicas; the operation is closed where nothing of it is left. */
import {
  type BlockReplicaKey,
  type BlockReplicaRecord,
  type FileId,
  type FileRecord,
  type InventoryDraft,
  keyOf,
  type OperationRecord,
} from '@dynamo/core';

export interface Completion {
  readonly operation: OperationRecord;
  /** Those done since the last completion of the operation; none for the deletion of a path. */
  readonly files: readonly FileRecord[];
  /** Whether all that the operation was expanded to is done. */
  readonly close: boolean;
  readonly isWholeBlock: boolean;
  readonly detail: string;
  /** False once another may have claimed the operation: what it did since would be contradicted. */
  readonly isCurrent: () => boolean;
  /** Files that the catalogue has lost since the operation was expanded; null where that is not known any more. */
  readonly lostFiles: () => ReadonlySet<FileId> | null;
}

/** Closed, still open (there is more to do), or not recorded since it is not current any more. */
export type CompletionOutcome = 'closed' | 'open' | 'expired';

export function recordCompletion(draft: InventoryDraft, completion: Completion): CompletionOutcome {
  const { operation, close, detail, isCurrent, lostFiles } = completion;
  const lost = lostFiles();
  if (!isCurrent() || lost === null) return 'expired';
  const files = completion.files.filter(({ id }) => !lost.has(id));
  const { target } = operation;
  switch (target.kind) {
    case 'delete-path':
      if (close) draft.closeOperation(operation.id, detail);
      return close ? 'closed' : 'open';
    case 'copy':
      return recordArrival(draft, target, { ...completion, files });
    case 'delete':
      return recordDeletion(draft, target, { ...completion, files });
    default:
      return target satisfies never;
  }
}

function recordArrival(draft: InventoryDraft, key: BlockReplicaKey, completion: Completion): CompletionOutcome {
  const { files, close } = completion;
  const replica = replicaIn(draft, key);
  // Whatever removed the replica has closed its operation.
  if (replica === null) return 'closed';
  // A copy that has given way to a deletion still says what it brought, so that the deletion removes it.
  if (files.length > 0 || (close && replica.operation === 'copy')) {
    draft.recordFact({ kind: 'files-arrived', replica: keyFrom(key), files, evidence: evidenceOf(completion) });
  }
  return replicaIn(draft, key)?.operation === 'copy' ? 'open' : 'closed';
}

function recordDeletion(draft: InventoryDraft, key: BlockReplicaKey, completion: Completion): CompletionOutcome {
  const { files, close, isWholeBlock } = completion;
  const evidence = evidenceOf(completion);
  if (replicaIn(draft, key) === null) return 'closed';
  if (files.length > 0) draft.recordFact({ kind: 'files-gone', replica: keyFrom(key), files, evidence });
  const replica = replicaIn(draft, key);
  // A deletion that was cancelled meanwhile leaves the replica with what is left of it.
  if (replica?.operation !== 'delete') return 'closed';
  const isUnknown = replica.partial?.contents.kind === 'unknown';
  const isEmpty = isUnknown ? isWholeBlock : heldFiles(draft, replica) === 0;
  if (!close || !isEmpty) return 'open';
  draft.recordFact({ kind: 'replica-gone', replica: keyFrom(key), evidence });
  return 'closed';
}

function heldFiles(draft: InventoryDraft, { dataset, block, partial }: BlockReplicaRecord): number {
  return partial?.files ?? draft.dataset(dataset)?.block(block)?.files ?? 0;
}

function replicaIn(draft: InventoryDraft, key: BlockReplicaKey): BlockReplicaRecord | null {
  return draft.record('blockReplica', keyOf('blockReplica', key as BlockReplicaRecord));
}

function keyFrom({ dataset, block, site }: BlockReplicaKey): BlockReplicaKey {
  return { dataset, block, site };
}

function evidenceOf({ operation }: Completion): { readonly kind: 'task'; readonly operation: OperationRecord['id'] } {
  return { kind: 'task', operation: operation.id };
}
