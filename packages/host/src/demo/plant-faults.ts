import { existsSync } from 'node:fs';
import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRandomSource, type InventoryView } from '@dynamo/core';
import type { Application } from '../services/application.ts';
import type { DemoDirectory, DemoJournal, FaultyFile, PlantedFaults } from './demo-directory.ts';
import { fileContent } from './file-content.ts';

const MISSING = 9;
const ORPHANS = ['store/unmerged/job-17/out.root', 'store/user/someone/notes.txt', 'lost+found/00000042', 'core.4711'];
const WEEK_SECONDS = 7 * 86_400;

/** Chooses files to lose, each with another copy at a site in good order, and names for files that nobody catalogued. */
export async function chooseFaults(application: Application, seed: number): Promise<PlantedFaults> {
  const random = createRandomSource(seed).split('faults');
  using view = application.inventory.view();
  const blocks = [...blocksWithSpareCopies(view)];
  const missing = new Map<string, FaultyFile>();
  while (missing.size < MISSING && blocks.length > 0) {
    const [chosen] = blocks.splice(random.nextInt(blocks.length), 1);
    if (chosen === undefined) break;
    for await (const batch of application.store.files.filesOfBlock(chosen.dataset, chosen.block)) {
      const file = batch[random.nextInt(batch.length)];
      if (file !== undefined) missing.set(file.lfn, { site: chosen.site, path: file.lfn.slice(1) });
      break;
    }
  }
  const sites = goodDiskSites(view);
  const orphans = ORPHANS.map((path, index) => ({ site: sites[index % sites.length] as string, path }));
  return { missing: [...missing.values()], orphans, done: false };
}

/** Loses the files and leaves the orphans. Doing it again changes nothing. */
export async function plantFaults(
  planted: PlantedFaults,
  { sites, root }: DemoDirectory,
  journal: DemoJournal,
): Promise<void> {
  for (const { site, path } of planted.missing) await rm(join(sites, site, path), { force: true });
  for (const { site, path } of planted.orphans) {
    const target = join(sites, site, path);
    if (existsSync(target)) continue;
    // Aside first: a killed demo leaves no half orphan.
    const part = join(root, 'orphan.part');
    await writeFile(part, fileContent(journal.seed, path, 2048));
    const weekAgo = journal.now - WEEK_SECONDS;
    await utimes(part, weekAgo, weekAgo);
    await mkdir(dirname(target), { recursive: true });
    await rename(part, target);
  }
}

interface SpareCopy {
  readonly dataset: Parameters<Application['store']['files']['filesOfBlock']>[0];
  readonly block: Parameters<Application['store']['files']['filesOfBlock']>[1];
  readonly site: string;
}

/** Complete replicas at good disk sites of blocks with another one there or on tape: what is lost can be fetched again. */
function* blocksWithSpareCopies(view: InventoryView): Iterable<SpareCopy> {
  const names = [...view.datasets()].map(({ name }) => name).sort();
  for (const name of names) {
    for (const block of view.dataset(name)?.blocks() ?? []) {
      const good = [...block.replicas()].filter(
        ({ site, isComplete, operation }) => site.status === 'ready' && isComplete && operation === 'none',
      );
      const onDisk = good.find(({ site }) => site.storage === 'disk');
      if (good.length >= 2 && onDisk !== undefined) yield { dataset: name, block: block.name, site: onDisk.site.name };
    }
  }
}

function goodDiskSites(view: InventoryView): readonly string[] {
  return [...view.sites()]
    .filter(({ status, storage }) => status === 'ready' && storage === 'disk')
    .map(({ name }) => name)
    .sort();
}
