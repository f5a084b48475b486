/**
 * The demo: one chapter after the other, each of which looks first at what is done already, in the store and in the
 * journal. So a demo that was killed at any moment goes on where it was, and one that ended tells its story again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@dynamo/core';
import type { Terminal } from '../cli/terminal.ts';
import { openApplication } from '../composition/open-application.ts';
import { type OpenStoreOptions, openStore } from '../composition/open-store.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { readConfiguration } from '../configuration/read-configuration.ts';
import { consistencyChapter } from './consistency-chapter.ts';
import { dealerChapter, orderedCopies } from './dealer-chapter.ts';
import { deletionChapter } from './deletion-chapter.ts';
import type { DemoContext } from './demo-context.ts';
import { type DemoDirectory, type DemoJournal, demoDirectory, openJournal } from './demo-directory.ts';
import { demoFault } from './demo-fault.ts';
import { detoxChapter } from './detox-chapter.ts';
import { makeFederation } from './federation.ts';
import { proofChapter } from './proof-chapter.ts';
import { injectFederation, loadBaseline, setUpDirectory, tellOccupancies, writeConfiguration } from './set-up.ts';
import { Story } from './story.ts';

export interface DemoOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Null: a temporary one, gone in the end. */
  readonly keep: string | null;
  /** Called with what the demo left when it has ended well, while it is still there. */
  readonly afterwards?: (configuration: Configuration) => Promise<void>;
}

/** The same story for everyone. */
const SEED = 1;

/** Resolves to whether every figure is right. */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const { keep } = options;
  const path = keep ?? (await makeTemporaryDirectory());
  try {
    return await runIn(demoDirectory(path), options);
  } catch (error) {
    throw demoFault(error, path);
  } finally {
    if (keep === null) await rm(path, { recursive: true, force: true });
  }
}

async function runIn(directory: DemoDirectory, options: DemoOptions): Promise<boolean> {
  const { terminal, clock, signal, keep, afterwards } = options;
  const startedMs = clock.monotonicMs();
  const journal = await openJournal(directory, { seed: SEED, now: clock.nowSeconds() });
  const federation = makeFederation(journal.seed, journal.now);
  const story = new Story(terminal);
  story.open(
    'A federation of seven storage sites, run by Dynamo: two are too full, one is being given up.',
    `Everything is below ${directory.root}${keep === null ? ', and removed in the end' : ''}.`,
  );
  await writeConfiguration(federation, directory);
  const configuration = await readConfiguration(directory.configuration);
  const allRight = await tell({ configuration, directory, federation, journal, story, clock, signal });
  const seconds = ((clock.monotonicMs() - startedMs) / 1000).toFixed(1);
  story.close(
    allRight
      ? `\nEvery figure is right (${seconds} s).`
      : '\nThere are WRONG figures: a defect of Dynamo, if nobody else changed anything there.',
  );
  story.close(keep === null ? `\nTo keep it and look around: ${COMMAND} demo --keep DIR` : lookAround(directory));
  if (allRight) await afterwards?.(configuration);
  return allRight;
}

interface Telling extends Pick<DemoContext, 'directory' | 'federation' | 'story' | 'signal'> {
  readonly configuration: Configuration;
  readonly journal: DemoJournal;
  readonly clock: Clock;
}

async function tell(telling: Telling): Promise<boolean> {
  const { configuration, journal, clock, ...rest } = telling;
  const { federation, story, signal } = rest;
  const opening = { access: 'write', clock, holder: 'dynamo demo' } as const;
  story.chapter('A federation of real files');
  await prepare(telling, opening);

  await using application = await openApplication(configuration, { ...opening, signal });
  const context: DemoContext = { application, ...rest };
  story.chapter('The inventory learns of them');
  await injectFederation(context);
  await tellOccupancies(context);

  story.chapter('Detox decides what has to go');
  const plans = await detoxChapter(context);

  story.chapter('The files are deleted');
  await deletionChapter(context, plans);

  story.chapter('A request, a rule, and a site that is given up');
  const ordered = orderedCopies(federation);
  const dealt = await dealerChapter(context, ordered);

  story.chapter('Disks lose files, and gather others');
  const faults = await consistencyChapter(context, journal);

  story.chapter('The proof');
  await proofChapter(context, { plans, ordered, dealt, faults });
  return story.judge();
}

/** Under the writer's lock, so that two demos in one directory cannot build the same sites. */
async function prepare(
  { configuration, directory, federation, story, signal }: Telling,
  opening: OpenStoreOptions,
): Promise<void> {
  await using store = await openStore(configuration, opening);
  await setUpDirectory(federation, directory, story, signal);
  await loadBaseline(store, federation, directory.sites);
}

function lookAround({ root, configuration }: DemoDirectory): string {
  return [
    '\nTo look around:',
    `  ${COMMAND} status --config ${configuration}`,
    `  ${COMMAND} detox --policy ${root}/Analysis.txt --config ${configuration}`,
    `  ${COMMAND} demo --keep ${root} --serve`,
  ].join('\n');
}

/** In the source tree there is no command of that name. */
const COMMAND = import.meta.url.endsWith('.ts') ? 'npm run -s dynamo --' : 'dynamo';

async function makeTemporaryDirectory(): Promise<string> {
  const parent = tmpdir();
  try {
    return await mkdtemp(join(parent, 'dynamo-demo-'));
  } catch (error) {
    throw demoFault(error, parent);
  }
}
