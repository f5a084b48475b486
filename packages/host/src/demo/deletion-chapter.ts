import { createFileStorage } from '@dynamo/fileops';
import { countOf, formatBytes } from '../cli/format.ts';
import type { DetoxDocument } from '../services/detox-document.ts';
import { carryOutOperations } from './carry-out-operations.ts';
import type { DemoContext } from './demo-context.ts';
import { countSiteFiles, deletedFiles } from './expected-files.ts';

/** Carries out what is open: the deletions that were just decided, and whatever a killed demo left undone. */
export async function deletionChapter(context: DemoContext, plans: readonly DetoxDocument[]): Promise<void> {
  const { federation, story } = context;
  await sweepParts(context);
  await carryOutOperations(context, 'deletions');
  const deleted = deletedFiles(federation, plans);
  const { files, bytes } = countSiteFiles(deleted);
  const sites = [...deleted.values()].filter(({ size }) => size > 0).length;
  story.say(
    `${countOf(files, 'file')} (${formatBytes(bytes)}) went from ${countOf(sites, 'site')}. The guard was asked once more before each replica,`,
  );
  story.say('and what is gone is recorded by the same road as any change: a commit.');
}

/** Half written copies of a demo that was killed. Nobody else can be at one: this process holds the writer's lock. */
async function sweepParts({ application: { clock, inventory }, signal }: DemoContext): Promise<void> {
  const { sweepParts: sweep } = createFileStorage();
  using view = inventory.view();
  for (const site of view.sites()) await sweep(site.toRecord(), clock.nowSeconds() + 1, { signal });
}
