/** The rows of files as the tables have them, from which the files of any version can be told that the log reaches. */
import type { BlockName, DatasetName, FileRecord, Store } from '@dynamo/core';

/** A file as it was from version `came` on, before version `gone` (9007199254740991: it is there). */
export interface FileRow {
  readonly file: FileRecord;
  readonly came: number;
  readonly gone: number;
}

export interface FileRows {
  /** Of all versions, ascending by file id; pages of one block may be of different moments. */
  rowsOfBlock(
    dataset: DatasetName,
    block: BlockName,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<readonly FileRow[]>;
}

/** Null for a store that has no rows. */
export function fileRowsOf({ files }: Pick<Store, 'files'>): FileRows | null {
  return 'rowsOfBlock' in files ? (files as typeof files & FileRows) : null;
}

export function isAt({ came, gone }: FileRow, version: number): boolean {
  return came <= version && version < gone;
}
