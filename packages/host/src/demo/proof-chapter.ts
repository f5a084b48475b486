/** What is on disk is what the inventory says, and both are what the plans and requests lead to. */
import type { RuleRecord } from '@dynamo/core';
import { countOf, formatBytes, formatCount } from '../cli/format.ts';
import type { DetoxDocument } from '../services/detox-document.ts';
import { listLocks } from '../services/locks.ts';
import { status } from '../services/status.ts';
import type { FaultsSeen } from './consistency-chapter.ts';
import { copiesOf, DEMO_RULE, type Dealt } from './dealer-chapter.ts';
import type { DemoContext } from './demo-context.ts';
import type { FaultyFile } from './demo-directory.ts';
import {
  copiedFiles,
  countSiteFiles,
  deletedFiles,
  finalFiles,
  initialFiles,
  type OrderedCopies,
  placedFiles,
  withoutFiles,
} from './expected-files.ts';
import type { Federation } from './federation.ts';
import { proveSites, type SiteProof } from './prove-sites.ts';
import { lockedDataset } from './set-up.ts';
import type { Story } from './story.ts';

/** What the chapters before led to. */
export interface DemoOutcome {
  readonly plans: readonly DetoxDocument[];
  readonly ordered: OrderedCopies;
  readonly dealt: Dealt;
  readonly faults: FaultsSeen;
}

type IsThere = (site: string, path: string) => boolean;

/** Half of the faults would fill a screen. */
const FAULTS_SHOWN = 10;

export async function proofChapter(context: DemoContext, outcome: DemoOutcome): Promise<void> {
  const { application, directory, federation, story, signal } = context;
  const proofs = await prove();
  story.say('Every file of every site was read and compared, byte for byte, with what was once written:');
  tellProofs(proofs, story);
  story.paragraph(
    'And the figures, where "should be" is reckoned from the beginning, the plans and what was asked for alone:',
  );
  checkDetox(federation, outcome.plans, story);
  await checkDisks(context, outcome, proofs);
  checkFaults(outcome.faults, proofs, federation, story);
  const { operations, counts } = await status(application);
  story.check('datasets in the inventory', counts.datasets, federation.datasets.length);
  story.check('operations still open', operations.queued + operations.claimed + operations.held, 0);

  function prove(): Promise<readonly SiteProof[]> {
    using progress = story.progress('sites read, byte for byte');
    const { seed } = federation;
    const onProgress = (done: number, total: number): void => progress.update(done, total);
    return proveSites(application, { seed, sites: directory.sites, signal, onProgress });
  }
}

function tellProofs(proofs: readonly SiteProof[], story: Story): void {
  story.table(
    [
      { title: 'site' },
      { title: 'files', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: 'disk and inventory' },
    ],
    proofs.map(({ site, files, bytes, faults }) => [
      site,
      formatCount(files),
      formatBytes(bytes),
      faults.length === 0 ? 'agree' : countOf(faults.length, 'difference'),
    ]),
  );
  const faults = proofs.flatMap(({ site, faults: ofSite }) => ofSite.map((fault) => `${site}: ${fault}`));
  for (const fault of faults.slice(0, FAULTS_SHOWN)) story.say(fault);
  if (faults.length > FAULTS_SHOWN) story.say(`... and ${faults.length - FAULTS_SHOWN} more`);
  story.check('differences between disk and inventory', faults.length, 0);
}

function checkDetox({ quotas, sites }: Federation, plans: readonly DetoxDocument[], story: Story): void {
  const about = new Map(sites.map((site) => [site.name, site]));
  const disk = quotas.map((quota) => about.get(quota.site)).filter((site) => site?.storage === 'disk');
  const gone = disk.filter((site) => site?.status === 'morgue').length;
  const tooFull = sites.flatMap(({ fill }) => Object.values(fill).filter((part) => part > HIGH_WATERMARK)).length;
  const emptied = plans.flatMap((plan) => plan.sites.filter(({ triggered }) => triggered));
  story.check('site partitions too full, or given up', emptied.length, tooFull + gone);
  const good = emptied.filter(({ site, reached_stop }) => about.get(site)?.status === 'ready' && reached_stop);
  story.check('of those too full, below the low watermark now', good.length, tooFull);
}

/** As the demo's policies have it. */
const HIGH_WATERMARK = 0.9;

async function checkDisks(
  { application, federation, story }: DemoContext,
  { plans, ordered, dealt: { request, rule, plans: dealings } }: DemoOutcome,
  proofs: readonly SiteProof[],
): Promise<void> {
  const onDisk = new Map(proofs.map((proof) => [proof.site, proof.onDisk]));
  const isThere = (site: string, path: string): boolean => onDisk.get(site)?.has(path) === true;
  const deleted = deletedFiles(federation, plans);
  const asked = copiedFiles(federation, ordered);
  const copied = placedFiles(federation, copiesOf(federation, dealings));
  const final = finalFiles(initialFiles(federation), deleted, copied);
  const thereOf = (files: typeof final): number => {
    let there = 0;
    for (const [site, paths] of files) for (const path of paths.keys()) if (isThere(site, path)) there += 1;
    return there;
  };

  story.check('files that Detox deleted, still on a disk', thereOf(withoutFiles(deleted, copied)), 0);
  const locked = lockedDataset(federation);
  const locks = await listLocks(application);
  story.check('locks on the dataset that was locked', locks.filter(({ dataset }) => dataset === locked.name).length, 1);
  const lockedFiles = initialFiles({ ...federation, datasets: [locked] });
  story.check('its files in place', thereOf(lockedFiles), countSiteFiles(lockedFiles).files);
  story.check(`request ${request.id} for copies`, request.state, 'done');
  story.check('files copied for it', thereOf(asked), countSiteFiles(asked).files);
  checkRule(federation, rule, isThere, story);
  story.check('valid files only at a site that is given up', countEndangered(federation, isThere), 0);

  const expected = countSiteFiles(final);
  const sum = (of: (proof: SiteProof) => number): number => proofs.reduce((total, proof) => total + of(proof), 0);
  story.check(
    'files on all disks',
    sum((proof) => proof.onDisk.size),
    expected.files,
  );
  story.check('of them where they should be', thereOf(final), expected.files);
  story.check(
    'files by the inventory',
    sum((proof) => proof.files),
    expected.files,
  );
  story.check(
    'bytes by the inventory',
    sum((proof) => proof.countedBytes),
    expected.bytes,
  );
  story.check('valid files without any copy', countLost(federation, isThere), 0);
}

/** By what is on the disks. */
function checkRule(
  { datasets, sites }: Federation,
  { id, progress }: RuleRecord,
  isThere: IsThere,
  story: Story,
): void {
  const [copies, kept] = [DEMO_RULE.copies, datasets.filter(({ name, status }) => status === 'valid' && isRuled(name))];
  const ready = sites.filter(({ name, status }) => name.startsWith('T2_') && status === 'ready');
  const full = kept.filter(({ blocks }) => {
    const files = blocks.flatMap((block) => block.files);
    return ready.filter(({ name }) => files.every(({ lfn }) => isThere(name, lfn.slice(1)))).length >= copies;
  });
  story.check(`rule ${id}`, progress?.state ?? 'not looked at', 'satisfied');
  story.check(`datasets of which it keeps ${copies} copies`, full.length, kept.length);
}

function isRuled(name: string): boolean {
  return name.startsWith('/JetMET/') && name.endsWith('/NANOAOD');
}

/** Of valid datasets: the files that are on a disk, but at no site in good order. */
function countEndangered({ datasets, sites }: Federation, isThere: IsThere): number {
  const [good, bad] = [
    sites.filter(({ status }) => status === 'ready'),
    sites.filter(({ status }) => status !== 'ready'),
  ];
  const files = datasets
    .filter(({ status: datasetStatus }) => datasetStatus === 'valid')
    .flatMap(({ blocks }) => blocks.flatMap((block) => block.files));
  return files.filter(({ lfn }) => {
    const at = (where: typeof sites): boolean => where.some(({ name }) => isThere(name, lfn.slice(1)));
    return at(bad) && !at(good);
  }).length;
}

/** Of datasets that nobody declared invalid: no policy may ever delete their last copy. */
function countLost({ datasets, sites }: Federation, isThere: IsThere): number {
  let lost = 0;
  for (const { status: datasetStatus, blocks } of datasets) {
    if (datasetStatus === 'invalid') continue;
    for (const { lfn } of blocks.flatMap(({ files }) => files)) {
      if (!sites.some(({ name }) => isThere(name, lfn.slice(1)))) lost += 1;
    }
  }
  return lost;
}

function checkFaults(
  { planted, found, cleanSites }: FaultsSeen,
  proofs: readonly SiteProof[],
  { sites }: Federation,
  story: Story,
): void {
  const onDisk = new Set(proofs.flatMap((proof) => [...proof.onDisk].map((path) => keyOf({ site: proof.site, path }))));
  const namesOf = (files: readonly FaultyFile[]): ReadonlySet<string> => new Set(files.map(keyOf));
  const [missing, orphans] = [namesOf(found.missing), namesOf(found.orphans)];
  const [lost, strange] = [namesOf(planted.missing), namesOf(planted.orphans)];
  story.check('lost files that were found missing', missing.intersection(lost).size, lost.size);
  story.check('strange files that were found orphaned', orphans.intersection(strange).size, strange.size);
  story.check('findings beside those', missing.difference(lost).size + orphans.difference(strange).size, 0);
  story.check('lost files that are back', lost.intersection(onDisk).size, lost.size);
  story.check('strange files that are still there', strange.intersection(onDisk).size, 0);
  story.check('sites at which nothing is amiss', cleanSites, sites.length);
}

function keyOf({ site, path }: FaultyFile): string {
  return `${site}/${path}`;
}
