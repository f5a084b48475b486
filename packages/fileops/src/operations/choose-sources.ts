/** From where a file is copied: every site that has it, best first, so that one fault does not end the attempt. */
import type { BlockReplicaView, FileId, PartialContents, SiteRecord, StorageType } from '@dynamo/core';

export interface Source {
  readonly site: SiteRecord;
  has(id: FileId): boolean;
}

/**
 * The replicas that can give files: no deletion open, contents known, at a site that is ready; after those, at one that
 * is in the waiting room or the morgue, since what has its last copy there can come from nowhere else. Verified sites
 * come first, disk before tape; the rest is by name, so that the same view gives the same sources.
 */
export function sourcesOf(
  replicas: Iterable<BlockReplicaView>,
  destination: string,
  accepts: (source: SiteRecord) => boolean,
): readonly Source[] {
  const sources: Source[] = [];
  for (const { site, operation, contents } of replicas) {
    if (site.name === destination || site.status === 'unknown' || operation === 'delete') continue;
    if (contents?.kind === 'unknown') continue;
    const record = site.toRecord();
    if (accepts(record)) sources.push({ site: record, has: holding(contents) });
  }
  return sources.sort((a, b) => rank(a.site) - rank(b.site) || (a.site.name < b.site.name ? -1 : 1));
}

/** Those that have the file. Among equally good ones each file begins with another, so that none carries all. */
export function sourcesForFile(sources: readonly Source[], id: FileId): readonly Source[] {
  const having = sources.filter((source) => source.has(id));
  const best = having[0];
  if (best === undefined) return having;
  const equals = having.filter(({ site }) => rank(site) === rank(best.site));
  const first = id % equals.length;
  return [...equals.slice(first), ...equals.slice(0, first), ...having.slice(equals.length)];
}

/** Whether a replica with these contents has a file; null is complete. */
export function holding(contents: PartialContents | null): (id: FileId) => boolean {
  if (contents === null) return () => true;
  if (contents.kind === 'unknown') return () => false;
  const ids = new Set(contents.ids);
  return contents.kind === 'present' ? (id) => ids.has(id) : (id) => !ids.has(id);
}

const STORAGE_RANK: Readonly<Record<StorageType, number>> = { disk: 0, buffer: 1, unknown: 2, mss: 3 };

function rank({ status, verified, storage }: SiteRecord): number {
  return (status === 'ready' ? 0 : 100) + (verified ? 0 : 10) + STORAGE_RANK[storage];
}
