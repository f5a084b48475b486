import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '@dynamo/core';
import type { DemoDirectory } from './demo-directory.ts';
import type { Federation, FederationDataset } from './federation.ts';
import { fileContent } from './file-content.ts';

export interface BuildOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (datasets: number, total: number) => void;
}

/**
 * Writes every file of the federation at every site that has it. They are built aside and appear in one step, so that
 * who is killed on the way begins again, and who was killed later finds them as they were left.
 */
export async function buildSites(
  federation: Federation,
  { sites, building }: DemoDirectory,
  { signal, onProgress }: BuildOptions = {},
): Promise<void> {
  if (existsSync(sites)) return;
  await rm(building, { recursive: true, force: true });
  for (const { name } of federation.sites) mkdirSync(join(building, name), { recursive: true });
  let built = 0;
  for (const dataset of federation.datasets) {
    throwIfAborted('building the sites', signal);
    writeDataset(dataset, federation.seed, building);
    built += 1;
    onProgress?.(built, federation.datasets.length);
    await setImmediate();
  }
  await rename(building, sites);
}

function writeDataset({ blocks, sites }: FederationDataset, seed: number, building: string): void {
  for (const { files } of blocks) {
    for (const site of sites) mkdirSync(dirname(sitePath(building, site, files[0]?.lfn ?? '/')), { recursive: true });
    for (const { lfn, size } of files) {
      const content = fileContent(seed, lfn, size);
      for (const site of sites) writeFileSync(sitePath(building, site, lfn), content);
    }
  }
}

/** Where a site keeps a logical file. */
export function sitePath(sites: string, site: string, lfn: string): string {
  return join(sites, site, lfn);
}
