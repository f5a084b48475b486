/** The proof at the end: what is on disk is what the inventory says, byte for byte. It trusts nothing but `readdir`. */
import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type BlockReplicaRecord, type FileRecord, joinKey, throwIfAborted } from '@dynamo/core';
import { adler32, formatAdler32 } from '@dynamo/fileops';
import type { Application } from '../services/application.ts';
import { sitePath } from './build-sites.ts';
import { fileContent } from './file-content.ts';

export interface SiteProof {
  readonly site: string;
  /** Files and bytes that the inventory says are there, and that were found there as they should be. */
  readonly files: number;
  readonly bytes: number;
  /** What the inventory counts for the site by itself. */
  readonly countedBytes: number;
  /** Every file that is there, known or not, relative to the site's directory. */
  readonly onDisk: ReadonlySet<string>;
  readonly faults: readonly string[];
}

export interface ProofOptions {
  readonly seed: number;
  readonly sites: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (sites: number, total: number) => void;
}

export async function proveSites(application: Application, options: ProofOptions): Promise<readonly SiteProof[]> {
  using view = application.inventory.view();
  const sites = [...view.sites()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const proofs: SiteProof[] = [];
  for (const site of sites) {
    throwIfAborted('the proof', options.signal);
    const replicas = new Map<string, BlockReplicaRecord>();
    let countedBytes = 0;
    for (const replica of site.blockReplicas()) {
      const record = replica.toRecord();
      replicas.set(joinKey(record.dataset, record.block), record);
      countedBytes += replica.size;
    }
    proofs.push(await proveSite(application, { site: site.name, replicas, countedBytes }, options));
    options.onProgress?.(proofs.length, sites.length);
  }
  return proofs;
}

interface SiteContent {
  readonly site: string;
  readonly replicas: ReadonlyMap<string, BlockReplicaRecord>;
  readonly countedBytes: number;
}

async function proveSite(
  { store }: Application,
  { site, replicas, countedBytes }: SiteContent,
  { seed, sites, signal }: ProofOptions,
): Promise<SiteProof> {
  const faults: string[] = [];
  for (const { dataset, block, operation } of replicas.values()) {
    if (operation !== 'none') faults.push(`a ${operation} of block ${block} of ${dataset} is still open`);
  }
  const onDisk = await filesBelow(join(sites, site));
  const unexplained = new Set(onDisk);
  let files = 0;
  let bytes = 0;
  const options = signal === undefined ? {} : { signal };
  for await (const batch of store.files.filesOfSite(site as BlockReplicaRecord['site'], options)) {
    for (const file of batch) {
      const replica = replicas.get(joinKey(file.dataset, file.block));
      if (replica === undefined || !holds(replica, file)) continue;
      const path = file.lfn.slice(1);
      const fault = unexplained.delete(path)
        ? await contentFault(sitePath(sites, site, file.lfn), file, seed)
        : 'is missing';
      if (fault !== null) faults.push(`${file.lfn} ${fault}`);
      files += 1;
      bytes += file.size;
    }
  }
  for (const path of unexplained) faults.push(`/${path} is there, and the inventory knows nothing of it`);
  if (bytes !== countedBytes) faults.push(`the inventory counts ${countedBytes} bytes, its files add up to ${bytes}`);
  return { site, files, bytes, countedBytes, onDisk, faults };
}

function holds({ partial }: BlockReplicaRecord, { id }: FileRecord): boolean {
  if (partial === null) return true;
  const { contents } = partial;
  if (contents.kind === 'unknown') return false;
  return contents.ids.includes(id) === (contents.kind === 'present');
}

async function contentFault(path: string, file: FileRecord, seed: number): Promise<string | null> {
  const content = await readFile(path);
  if (content.length !== file.size) return `has ${content.length} bytes, not ${file.size}`;
  const checksum = formatAdler32(adler32(content));
  if (checksum !== file.checksums.adler32) return `has adler32 ${checksum}, not ${file.checksums.adler32}`;
  return content.equals(fileContent(seed, file.lfn, file.size)) ? null : 'is not what was once written';
}

/** Every file, whatever its name, relative to the directory. */
async function filesBelow(directory: string): Promise<Set<string>> {
  const entries: Dirent[] = await readdir(directory, { recursive: true, withFileTypes: true });
  return new Set(
    entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name))),
  );
}
