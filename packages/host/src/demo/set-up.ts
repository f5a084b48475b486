/** The federation before anything happens: files on disk, sites and quotas in the inventory, datasets injected. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dumpOf, readPartitions } from '@dynamo/core';
import { type Column, countOf, formatBytes, formatCount, formatOccupancy } from '../cli/format.ts';
import type { Application } from '../services/application.ts';
import { injectDocument } from '../services/inject.ts';
import { loadDump } from '../services/load-dump.ts';
import { addLock, listLocks } from '../services/locks.ts';
import { status } from '../services/status.ts';
import { storeVersion } from '../services/store-version.ts';
import { buildSites } from './build-sites.ts';
import { DEMO_USER, type DemoContext } from './demo-context.ts';
import { DEALER_TEXT, type DemoDirectory, readDemoText, replaceFile } from './demo-directory.ts';
import type { Federation, FederationDataset } from './federation.ts';
import { attributeDocument, baselineDump, injectionDocument } from './federation-documents.ts';
import type { Story } from './story.ts';
import { DEMO_PARTITIONS } from './vocabulary.ts';

/** What a person may read and change stays as it is. */
export async function writeConfiguration(federation: Federation, directory: DemoDirectory): Promise<void> {
  const texts = new Map<string, string>();
  texts.set(directory.attributes, `${JSON.stringify(attributeDocument(federation))}\n`);
  texts.set(directory.configuration, configurationText());
  // The demo goes by the ones that it brings; these are to be played with.
  for (const name of DEMO_TEXTS) texts.set(join(directory.root, name), (await readDemoText(name)).text);
  for (const [path, text] of texts) if (!existsSync(path)) await replaceFile(path, text);
}

/** The sites with their files; those that are there already stay as they are. */
export async function setUpDirectory(
  federation: Federation,
  directory: DemoDirectory,
  story: Story,
  signal: AbortSignal,
): Promise<void> {
  const isNew = !existsSync(directory.sites);
  await build();
  const { logical, physical, bytes } = countFiles(federation.datasets);
  const what = `${countOf(logical, 'file')}, ${formatCount(physical)} with their copies (${formatBytes(bytes)}), at `;
  story.say(`${isNew ? '' : 'They are there already: '}${what}${countOf(federation.sites.length, 'site')} below`);
  story.say(`${directory.sites}: each site is a directory.`);

  async function build(): Promise<void> {
    using progress = story.progress('datasets written');
    await buildSites(federation, directory, { signal, onProgress: (done, total) => progress.update(done, total) });
  }
}

/** Groups, sites, partitions and quotas, into the store while it is still empty. */
export async function loadBaseline(store: Application['store'], federation: Federation, sites: string): Promise<void> {
  if ((await storeVersion(store)) !== 0) return;
  const { file, text } = await readDemoText('partitions.txt');
  const partitions = readPartitions(text, { file });
  if (!partitions.ok) throw new Error(`${file} is faulty`);
  const dump = baselineDump(federation, partitions.value.records, sites);
  await loadDump(store, dumpOf(dump), { file: 'the baseline of the demo' });
}

/** Datasets, blocks, files and replicas, in one commit; then a lock. Done once, whatever interrupts it. */
export async function injectFederation(context: DemoContext): Promise<void> {
  const { application, federation, story, signal } = context;
  const { logical } = countFiles(federation.datasets);
  const writing = { user: DEMO_USER, signal };
  if ((await status(application)).counts.datasets === 0) {
    const text = JSON.stringify(injectionDocument(federation));
    await injectDocument(application, { file: 'the injection document of the demo', text }, writing);
  }
  const locked = lockedDataset(federation);
  if ((await listLocks(application)).length === 0) {
    const comment = 'needed for a thesis';
    const lock = { dataset: locked.name, site: null, group: null, block: null, expires: null, comment };
    await addLock(application, lock, writing);
  }
  story.say(
    `${countOf(federation.datasets.length, 'dataset')} with ${countOf(logical, 'file')}, injected in one commit.`,
  );
  story.say(`One of them is locked, whatever a policy may say: ${locked.name}`);
}

/** How full each site is, a pair of columns for each partition. */
export async function tellOccupancies({ application, federation, story }: DemoContext): Promise<void> {
  const { sitePartitions } = await status(application);
  story.table(
    [
      { title: 'site' },
      { title: 'storage' },
      { title: 'status' },
      ...DEMO_PARTITIONS.flatMap((partition): Column[] => [
        { title: partition, align: 'right' },
        { title: 'of quota', align: 'right' },
      ]),
    ],
    federation.sites.map(({ name, storage, status: siteStatus }) => [
      name,
      storage === 'mss' ? 'tape' : storage,
      siteStatus,
      ...DEMO_PARTITIONS.flatMap((partition) => {
        const found = sitePartitions.find((each) => each.site === name && each.partition === partition);
        return found === undefined ? ['', ''] : [formatBytes(found.physical), formatOccupancy(found.occupancy)];
      }),
    ]),
  );
}

/** A dataset that Detox would take first, were it not locked. */
export function lockedDataset({ datasets }: Federation): FederationDataset {
  const candidates = datasets.filter(
    ({ partition, sites, status }) =>
      partition === 'Analysis' && status === 'valid' && sites.includes('T2_DE_Alster') && sites.length > 1,
  );
  candidates.sort((a, b) => b.attributes.usage_rank - a.attributes.usage_rank);
  return candidates[0] as FederationDataset;
}

/** Files by themselves, and with all their copies. */
export function countFiles(datasets: readonly FederationDataset[]): {
  readonly logical: number;
  readonly physical: number;
  readonly bytes: number;
} {
  let [logical, physical, bytes] = [0, 0, 0];
  for (const { blocks, sites, size } of datasets) {
    const files = blocks.reduce((sum, block) => sum + block.files.length, 0);
    logical += files;
    physical += files * sites.length;
    bytes += size * sites.length;
  }
  return { logical, physical, bytes };
}

const DEMO_TEXTS = ['partitions.txt', DEALER_TEXT, ...DEMO_PARTITIONS.map((partition) => `${partition}.txt`)];

/** Ages are what the federation says, and nobody waits for a demo. */
function configurationText(): string {
  return `# The demo's configuration: try \`dynamo status --config\` with this file
dataDirectory: data
dealer:
  file: ${DEALER_TEXT}
producers:
  - file: attributes.json
fileOperations:
  retryDelaySeconds: 1
  leaseSeconds: 5
consistency:
  graceSeconds: 0
  safetyFraction: 0.2
`;
}
