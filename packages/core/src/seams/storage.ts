/** The seams to storage: listing a site, copying to it, deleting from it. */
import type { SiteRecord } from '../model/records.ts';

/** One file found at a site. */
export interface ListedFile {
  /** Relative to the site's root, `/`-separated, without a leading slash, in byte order over the whole listing. */
  readonly path: string;
  readonly size: number;
  /** Last change, seconds since 1970; null where the storage does not say. */
  readonly modified: number | null;
}

export interface StorageLister {
  readonly name: string;
  /** Whether the lister can list this site. */
  accepts(site: SiteRecord): boolean;
  /** All files below the site's root, in byte order of `path`; a directory that cannot be read is an error, not an absence. */
  list(site: SiteRecord, options?: { readonly signal?: AbortSignal }): AsyncIterable<readonly ListedFile[]>;
}

/** Asked right before an effect: false once the claim was lost, the operation cancelled, or the deadline passed. */
export type StillMine = () => boolean;

export interface TransferTask {
  readonly id: string;
  readonly source: { readonly site: SiteRecord; readonly pfn: string };
  readonly destination: { readonly site: SiteRecord; readonly pfn: string };
  readonly size: number;
  readonly checksums: Readonly<Record<string, string>>;
  readonly stillMine: StillMine;
}

export interface DeletionTask {
  readonly id: string;
  readonly site: SiteRecord;
  readonly pfn: string;
  readonly stillMine: StillMine;
}

export type TaskResult =
  | { readonly id: string; readonly ok: true; readonly detail: string }
  /** `retryable` false: trying again as it is cannot help (a wrong checksum at the source, an unmappable name). */
  | {
      readonly id: string;
      readonly ok: false;
      readonly retryable: boolean;
      readonly fault: 'source-missing' | 'source-corrupt' | 'destination' | 'lost-claim' | 'other';
      readonly detail: string;
    };

export interface TransferBackend {
  readonly name: string;
  accepts(source: SiteRecord, destination: SiteRecord): boolean;
  /** Results in any order, one for each task; doing a task twice is harmless. Never rejects for a task's own failure. */
  transfer(tasks: readonly TransferTask[], options?: { readonly signal?: AbortSignal }): AsyncIterable<TaskResult>;
}

export interface DeletionBackend {
  readonly name: string;
  accepts(site: SiteRecord): boolean;
  /** A file that is not there counts as deleted. */
  delete(tasks: readonly DeletionTask[], options?: { readonly signal?: AbortSignal }): AsyncIterable<TaskResult>;
}
