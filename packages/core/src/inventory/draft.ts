/**
 * The writing interface: a view of what will be, with `put` and `delete`. Nothing is seen by others until the draft is
 * committed; a draft that throws has never happened.
 */
import type { BlockName, DatasetName, Lfn, SiteName } from '../model/names.ts';
import type { OperationId, Reason } from '../model/operation.ts';
import type { BlockReplicaKey, Entity, EntityRecords, FileId, FileRecord } from '../model/records.ts';
import type { RequestRecord } from '../model/request.ts';
import type { HistoryRecord } from '../seams/commit.ts';
import type { InventoryView } from './view.ts';

/** Why a record may be removed or a replica's contents restated: something happened, it is not a wish. */
export type Evidence =
  | { readonly kind: 'task'; readonly operation: OperationId }
  | { readonly kind: 'consistency'; readonly finding: string }
  | { readonly kind: 'declared'; readonly by: string; readonly reason: string };

/** Facts are never refused by the guard. */
export type Fact =
  | {
      readonly kind: 'files-arrived';
      readonly replica: BlockReplicaKey;
      readonly files: readonly FileRecord[];
      readonly evidence: Evidence;
    }
  | {
      readonly kind: 'files-gone';
      readonly replica: BlockReplicaKey;
      readonly files: readonly FileRecord[];
      readonly evidence: Evidence;
    }
  /** Every file that it had is gone: the record of the replica is removed. */
  | { readonly kind: 'replica-gone'; readonly replica: BlockReplicaKey; readonly evidence: Evidence }
  /** A file of the catalogue is no more, anywhere: its record is removed and its block shrinks. */
  | { readonly kind: 'file-lost'; readonly file: FileRecord; readonly evidence: Evidence };

export interface NewFile {
  readonly dataset: DatasetName;
  readonly block: BlockName;
  readonly lfn: Lfn;
  readonly size: number;
  readonly checksums: Readonly<Record<string, string>>;
  /** Sites that have it from the start; every other replica of the block becomes partial. */
  readonly presentAt: readonly SiteName[];
}

/** What `delete` takes: an intent, judged by the guard. */
export type Deletable =
  | 'group'
  | 'site'
  | 'partition'
  | 'quota'
  | 'dataset'
  | 'datasetReplica'
  | 'blockReplica'
  | 'lock';

export interface InventoryDraft extends InventoryView {
  /**
   * Adds or replaces a record. A block replica keeps its operation (open one by `openCopy` or `delete`), a block its
   * size and files once files were added one by one. Throws `invalid-input` for a record that refers to something
   * missing or breaks the model.
   */
  put<E extends Exclude<Entity, 'file'>>(entity: E, record: EntityRecords[E]): void;

  /**
   * An intent. A block replica gets an open deletion; of a dataset replica every block replica does, and it stops
   * growing; a dataset gets the status `deleted` and the same for its replicas. Other records go, if nothing needs them.
   */
  delete(entity: Deletable, key: string, reason: Reason): void;

  /**
   * Opens the copy of a block to a site; the replica is created empty where there is none. An open deletion is
   * cancelled; since some of its files may have gone already, the copy looks at each, and until then the replica is of
   * unknown contents and counts as no copy. False where nothing is left to copy: the replica is complete, or its copy is open already.
   */
  openCopy(
    replica: BlockReplicaKey,
    options: { readonly group: EntityRecords['blockReplica']['group']; readonly reason: Reason },
  ): boolean;

  /** Opens the deletion of a path that is not catalogued. */
  openPathDeletion(site: SiteName, path: string, reason: Reason): OperationId;

  /**
   * The replica is as it was before its copy or deletion was opened, less what has been recorded since. For a deletion
   * that may have been begun, `openCopy` is the safe way back.
   */
  cancelOperation(replica: BlockReplicaKey, reason: Reason): void;

  addFile(file: NewFile): FileRecord;

  /**
   * Records what has happened. The operation that is the evidence is closed as done when its replica is complete (a
   * copy) or gone (a deletion).
   */
  recordFact(fact: Fact): void;

  /** Closes the deletion of a path as done. */
  closeOperation(id: OperationId, detail: string): void;

  putRequest(before: RequestRecord | null, after: RequestRecord): void;
  setHistory(history: HistoryRecord): void;

  /** Numbers for new records: never given twice once committed. */
  nextLockId(): number;
  nextRequestId(): number;

  /** Files added and lost in this draft so far. */
  readonly addedFiles: ReadonlyMap<FileId, FileRecord>;
  readonly lostFiles: ReadonlyMap<FileId, FileRecord>;
}
