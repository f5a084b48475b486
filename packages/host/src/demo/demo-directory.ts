/** Where the demo keeps what: everything is below one directory. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputError } from '@dynamo/core';

export interface DemoDirectory {
  readonly root: string;
  /** The sites, one directory each. */
  readonly sites: string;
  /** Where they are built: renamed to `sites` when all of it is there. */
  readonly building: string;
  readonly configuration: string;
  readonly attributes: string;
  readonly journal: string;
}

export function demoDirectory(path: string): DemoDirectory {
  const root = resolve(path);
  return {
    root,
    sites: join(root, 'sites'),
    building: join(root, 'sites.building'),
    configuration: join(root, 'dynamo.yaml'),
    attributes: join(root, 'attributes.json'),
    journal: join(root, JOURNAL),
  };
}

/** What the inventory cannot know: how the federation was made, and what was broken on purpose. */
export interface DemoJournal {
  readonly format: 1;
  readonly seed: number;
  /** Seconds since 1970. */
  readonly now: number;
  /** Chosen before anything is planted; `done` once all of it is. */
  readonly planted: PlantedFaults | null;
  /** What two rounds of the consistency check saw, kept before anything is done about it; null: not yet. */
  readonly found: Faults | null;
}

export interface Faults {
  readonly missing: readonly FaultyFile[];
  readonly orphans: readonly FaultyFile[];
}

export interface PlantedFaults extends Faults {
  readonly done: boolean;
}

export interface FaultyFile {
  readonly site: string;
  /** Relative to the site's directory. */
  readonly path: string;
}

/** Reads what an interrupted demo left, or begins a new one. Refuses a directory with other things in it. */
export async function openJournal(
  directory: DemoDirectory,
  fresh: { readonly seed: number; readonly now: number },
): Promise<DemoJournal> {
  if (existsSync(directory.journal)) return readJournal(directory);
  await mkdir(directory.root, { recursive: true });
  const others = (await readdir(directory.root)).filter((name) => name !== `${JOURNAL}.part`).sort();
  if (others.length > 0) {
    const what = `it holds other things (${others.slice(0, 3).join(', ')}${others.length > 3 ? ', ...' : ''})`;
    const hint = 'name an empty or new directory, or one that an earlier demo kept';
    throw inputError({ what, where: { file: directory.root }, hint });
  }
  const journal: DemoJournal = { format: 1, ...fresh, planted: null, found: null };
  await saveJournal(directory, journal);
  return journal;
}

async function readJournal({ journal }: DemoDirectory): Promise<DemoJournal> {
  const text = await readFile(journal, 'utf8');
  let read: Partial<DemoJournal> | null = null;
  try {
    read = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (read?.format === 1 && typeof read.seed === 'number' && typeof read.now === 'number') return read as DemoJournal;
  const hint = 'remove the directory, or name another one';
  throw inputError({ what: 'it is not the journal of a demo', where: { file: journal }, hint });
}

/** Whole or not at all: the demo may be killed at any moment. */
export async function saveJournal(directory: DemoDirectory, journal: DemoJournal): Promise<void> {
  await replaceFile(directory.journal, `${JSON.stringify(journal, null, 2)}\n`);
}

export async function replaceFile(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  await writeFile(part, text);
  await rename(part, path);
}

/** A text that comes with the package: a policy, the partitions. */
export interface DemoText {
  readonly file: string;
  readonly text: string;
}

export async function readDemoText(name: string): Promise<DemoText> {
  const path = fileURLToPath(new URL(`../../demo/${name}`, import.meta.url));
  return { file: name, text: await readFile(path, 'utf8') };
}

/** What the Dealer is told, beside the policies. */
export const DEALER_TEXT = 'dealer.yaml';

const JOURNAL = 'demo.json';
