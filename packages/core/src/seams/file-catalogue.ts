import type { BlockName, DatasetName, Lfn, SiteName } from '../model/names.ts';
import type { FileRecord } from '../model/records.ts';
import type { Version } from './commit.ts';

/** Reads at one version; without a version, at the current head. */
export interface FileReadOptions {
  readonly at?: Version;
  readonly signal?: AbortSignal;
}

/** The files: rows in the store with the versions at which they came and went, never all in memory. */
export interface FileCatalogue {
  /** Ascending by file id. */
  filesOfBlock(dataset: DatasetName, block: BlockName, options?: FileReadOptions): AsyncIterable<readonly FileRecord[]>;
  /** Those of the given names that exist, in no particular order. */
  filesByLfn(lfns: readonly Lfn[], options?: FileReadOptions): Promise<readonly FileRecord[]>;
  filesById(ids: readonly number[], options?: FileReadOptions): Promise<readonly FileRecord[]>;
  /**
   * All files of the blocks that have a replica at the site, whether it holds them or not, in byte order of their LFNs.
   * Only files are versioned in a store: with `at`, they are the files of that version, of the blocks that have a
   * replica at the current head.
   */
  filesOfSite(site: SiteName, options?: FileReadOptions): AsyncIterable<readonly FileRecord[]>;
}
