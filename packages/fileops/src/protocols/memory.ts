/** Sites in memory, for tests and for embedding without storage: backend `memory://NAME`, PFNs below it. */
import {
  compareByteOrder,
  type DeletionBackend,
  type ListedFile,
  type SiteRecord,
  type StorageLister,
  type TaskResult,
  type TransferBackend,
  type TransferTask,
} from '@dynamo/core';
import { createChecksumVerifier } from '../checksum.ts';
import { failed } from './file-fault.ts';

export interface MemoryStorage {
  readonly transfers: TransferBackend;
  readonly deletions: DeletionBackend;
  readonly lister: StorageLister;
  /** The contents by PFN: put files there, take them away. */
  readonly files: Map<string, Uint8Array>;
}

const SCHEME = 'memory://';
const LISTED_FILES = 1000;

export function createMemoryStorage(): MemoryStorage {
  const name = 'memory';
  const files = new Map<string, Uint8Array>();
  const accepts = (...sites: readonly SiteRecord[]): boolean =>
    sites.every(({ backend }) => backend?.startsWith(SCHEME) === true);

  return {
    files,
    transfers: {
      name,
      accepts,
      async *transfer(tasks, { signal } = {}) {
        for (const task of tasks) yield copy(files, task, signal);
      },
    },
    deletions: {
      name,
      accepts,
      async *delete(tasks, { signal } = {}) {
        for (const { id, pfn, stillMine } of tasks) {
          const mayAct = signal?.aborted !== true && stillMine();
          if (!mayAct) yield lostClaim(id);
          else yield { id, ok: true, detail: files.delete(pfn) ? 'deleted' : 'was not there' };
        }
      },
    },
    lister: {
      name,
      accepts,
      async *list(site) {
        const root = `${site.backend?.replace(/\/+$/, '')}/`;
        const listed: ListedFile[] = [];
        for (const [pfn, bytes] of files) {
          if (pfn.startsWith(root)) listed.push({ path: pfn.slice(root.length), size: bytes.length, modified: null });
        }
        listed.sort((a, b) => compareByteOrder(a.path, b.path));
        for (let start = 0; start < listed.length; start += LISTED_FILES)
          yield listed.slice(start, start + LISTED_FILES);
      },
    },
  };
}

function copy(files: Map<string, Uint8Array>, task: TransferTask, signal: AbortSignal | undefined): TaskResult {
  const { id, source, destination, stillMine } = task;
  if (signal?.aborted === true || !stillMine()) return lostClaim(id);
  const present = files.get(destination.pfn);
  if (present !== undefined && faultOf(present, task) === null) return { id, ok: true, detail: 'was there already' };
  const bytes = files.get(source.pfn);
  if (bytes === undefined) return failed(id, 'source-missing', `${source.pfn} is not there`, { retryable: true });
  const fault = faultOf(bytes, task);
  if (fault !== null) return failed(id, 'source-corrupt', `${source.pfn} ${fault}`, { retryable: false });
  files.set(destination.pfn, bytes);
  return { id, ok: true, detail: 'copied' };
}

function faultOf(bytes: Uint8Array, { size, checksums }: TransferTask): string | null {
  if (bytes.length !== size) return `has ${bytes.length} bytes, catalogued are ${size}`;
  const verifier = createChecksumVerifier(checksums);
  verifier.update(bytes);
  return verifier.mismatch();
}

function lostClaim(id: string): TaskResult {
  return failed(id, 'lost-claim', 'stopped before anything was done', { retryable: true });
}
