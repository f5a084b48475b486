/**
 * What should be where in the end: from what was there at the start, what the plans say and what was asked for. Neither
 * the inventory nor a disk is looked at, so that both can be held against it.
 */
import type { DetoxDocument } from '../services/detox-document.ts';
import type { Federation, FederationBlock, FederationDataset, FederationFile } from './federation.ts';

/** By site, then by path relative to the site's directory. */
export type SiteFiles = ReadonlyMap<string, ReadonlyMap<string, FederationFile>>;

export interface OrderedCopies {
  readonly site: string;
  readonly datasets: readonly FederationDataset[];
}

export function initialFiles(federation: Federation): SiteFiles {
  return placedFiles(federation, federation.datasets);
}

/** What the plans delete. */
export function deletedFiles({ sites, datasets }: Federation, plans: readonly DetoxDocument[]): SiteFiles {
  const files = emptySites(sites);
  const byName = new Map(datasets.map((dataset) => [dataset.name, dataset]));
  for (const { decisions } of plans) {
    for (const { dataset, site, decision, blocks } of decisions) {
      if (decision !== 'delete') continue;
      const all = byName.get(dataset)?.blocks ?? [];
      put(files, site, blocks === undefined ? all : all.filter(({ name }) => blocks.includes(name)));
    }
  }
  return files;
}

export function copiedFiles(federation: Federation, { site, datasets }: OrderedCopies): SiteFiles {
  return placedFiles(
    federation,
    datasets.map((dataset) => ({ ...dataset, sites: [site] })),
  );
}

/** Each dataset at its sites. */
export function placedFiles({ sites }: Pick<Federation, 'sites'>, datasets: readonly FederationDataset[]): SiteFiles {
  const files = emptySites(sites);
  for (const dataset of datasets) for (const site of dataset.sites) put(files, site, dataset.blocks);
  return files;
}

export function withoutFiles(files: SiteFiles, others: SiteFiles): SiteFiles {
  return new Map(
    Array.from(files, ([site, paths]) => [
      site,
      new Map([...paths].filter(([path]) => others.get(site)?.has(path) !== true)),
    ]),
  );
}

/** What was there, less what was deleted, and what was copied. */
export function finalFiles(initial: SiteFiles, deleted: SiteFiles, copied: SiteFiles): SiteFiles {
  const final = new Map<string, Map<string, FederationFile>>();
  for (const [site, files] of initial) {
    const left = new Map(files);
    for (const path of deleted.get(site)?.keys() ?? []) left.delete(path);
    for (const [path, file] of copied.get(site) ?? []) left.set(path, file);
    final.set(site, left);
  }
  return final;
}

export function countSiteFiles(files: SiteFiles): { readonly files: number; readonly bytes: number } {
  let [count, bytes] = [0, 0];
  for (const site of files.values()) {
    count += site.size;
    for (const { size } of site.values()) bytes += size;
  }
  return { files: count, bytes };
}

function emptySites(sites: Federation['sites']): Map<string, Map<string, FederationFile>> {
  return new Map(sites.map(({ name }) => [name, new Map()]));
}

function put(
  files: ReadonlyMap<string, Map<string, FederationFile>>,
  site: string,
  blocks: readonly FederationBlock[],
): void {
  for (const block of blocks) for (const file of block.files) files.get(site)?.set(file.lfn.slice(1), file);
}
