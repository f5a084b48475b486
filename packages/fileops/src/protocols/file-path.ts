/**
 * What a PFN of this protocol names. A PFN is made by substitution, not by encoding, so `file://` is a mere prefix: a
 * `%` or `#` in a name stays what it is.
 */
import type { SiteRecord } from '@dynamo/core';

/** A file below the root of a site. */
export interface FilePath {
  readonly root: string;
  /** The directories between the root and the file. */
  readonly parents: readonly string[];
  readonly name: string;
}

export type FilePathResult = FilePath | { readonly refused: string };

/** The names of files that are being written begin so; no other file's may. */
export const PART_PREFIX = '.dynamo-part-';

/** The directory of a site with a `file:///directory` backend; null for any other. */
export function fileRootOf(site: SiteRecord): string | null {
  const path = site.backend === null ? null : pathOfUrl(site.backend);
  return path === null ? null : path.replace(/\/+$/, '') || '/';
}

export function absolutePath(root: string, path: string): string {
  return root === '/' ? `/${path}` : `${root}/${path}`;
}

/** `pfn` is a `file://` URL or an absolute path, and is below the site's root. */
export function parseFilePath(site: SiteRecord, pfn: string): FilePathResult {
  const root = fileRootOf(site);
  if (root === null) return { refused: `site ${site.name} has no file:/// backend` };
  const path = pfn.startsWith('/') ? pfn : pathOfUrl(pfn);
  if (path === null) return { refused: `PFN ${pfn} is neither a file:/// URL nor an absolute path` };
  const prefix = absolutePath(root, '');
  if (!path.startsWith(prefix)) return { refused: `PFN ${pfn} is outside the root ${root} of site ${site.name}` };
  return splitPath(root, path.slice(prefix.length));
}

/** `path` is relative to the root. */
function splitPath(root: string, path: string): FilePathResult {
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..' || segment.includes('\0'))) {
    return { refused: `path ${JSON.stringify(path)} has an empty, "." or ".." segment, or a null character` };
  }
  return { root, parents: segments.slice(0, -1), name: segments.at(-1) as string };
}

function pathOfUrl(url: string): string | null {
  const match = /^file:\/\/(?:localhost)?(\/.*)$/s.exec(url);
  return match?.[1] ?? null;
}
