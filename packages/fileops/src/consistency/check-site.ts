/** One round of the consistency check of a site: nothing is changed but what is remembered for the next round. */
import {
  DynamoError,
  type FileCatalogue,
  type FindingRecord,
  type FindingStore,
  type OperationStore,
  type SiteName,
  type SiteRecord,
  type StorageLister,
  type Version,
} from '@dynamo/core';
import type { InventoryReader } from '../operations/context.ts';
import { createSiteNaming } from '../site-naming.ts';
import { type ComparisonTotals, compareSite, type Finding } from './compare.ts';
import { type ExpectedTally, expectedFiles } from './expected-files.ts';
import { isConfirmed, mergeFindings } from './merge-findings.ts';
import { type SafetyLimits, safetyStop } from './safety-stop.ts';

export interface SiteCheckLimits extends SafetyLimits {
  /** A file changed less than so long ago is no orphan, and of no wrong size: someone may still be at it. 0: ages are not looked at. */
  readonly graceSeconds: number;
  /** More are counted, but not kept, and nothing is acted upon. */
  readonly findings: number;
}

export const SITE_CHECK_LIMITS: SiteCheckLimits = {
  safetyFraction: 0.1,
  believedFiles: 20,
  graceSeconds: 86_400,
  findings: 200_000,
};

export interface SiteCheckContext {
  readonly inventory: InventoryReader;
  readonly files: FileCatalogue;
  readonly operations: Pick<OperationStore, 'list'>;
  readonly findings: FindingStore;
  /** The first that accepts the site is asked. */
  readonly listers: readonly StorageLister[];
  readonly limits?: Partial<SiteCheckLimits>;
}

export interface SiteCheck {
  readonly site: SiteName;
  /** Of the inventory that the listing was compared with. */
  readonly version: Version;
  readonly now: number;
  readonly totals: ComparisonTotals;
  readonly missing: number;
  readonly orphans: number;
  readonly sizeMismatches: number;
  /** This round's, each with the rounds in a row that have seen it; at most so many as the limit says. */
  readonly findings: readonly FindingRecord[];
  /** Those that two rounds in a row have seen: what may be acted upon. */
  readonly confirmed: readonly Finding[];
  readonly unmappedFiles: number;
  /** Why this round is not to be believed, and was not remembered; null where it is. */
  readonly stopped: string | null;
  /** Every file that counts as a copy was seen with its size, and nothing else is there. */
  readonly isClean: boolean;
}

/** Throws `not-found` for an unknown site, `invalid-input` where no lister takes it, and what its lister throws. */
export async function checkSite(
  name: string,
  context: SiteCheckContext,
  { now, signal }: { readonly now: number; readonly signal?: AbortSignal },
): Promise<SiteCheck> {
  const limits = { ...SITE_CHECK_LIMITS, ...context.limits };
  // Before the listing: what is deleted or copied meanwhile shows as a difference for one round only.
  using view = context.inventory.view();
  const site = view.site(name)?.toRecord();
  if (site === undefined) throw new DynamoError('not-found', `there is no site ${name}`);
  const lister = listerFor(site, context.listers);
  const leaving = await pathsLeaving(site, context.operations);

  const tally: ExpectedTally = { unmappedFiles: 0, uncheckedFiles: 0 };
  const found: Finding[] = [];
  const counts = { missing: 0, orphan: 0, 'size-mismatch': 0 };
  const comparison = compareSite(
    lister.list(site, signal === undefined ? {} : { signal }),
    expectedFiles(site, view, context.files, createSiteNaming(), tally, signal),
  );
  let step = await comparison.next();
  for (; step.done !== true; step = await comparison.next()) {
    const finding = step.value;
    if (finding.kind !== 'missing' && isYoung(finding, now, limits.graceSeconds)) continue;
    if (finding.kind === 'orphan' && leaving.has(finding.path)) continue;
    counts[finding.kind] += 1;
    if (found.length < limits.findings) found.push(finding);
  }
  const totals = step.value;

  const excess = found.length < counts.missing + counts.orphan + counts['size-mismatch'];
  const stopped = excess
    ? `there are more than ${limits.findings} findings`
    : safetyStop(totals, { missing: counts.missing, orphans: counts.orphan }, limits);
  const previous = await context.findings.load(site.name);
  const findings = mergeFindings(stopped === null ? previous : [], found, { site: site.name, now });
  if (stopped === null) await context.findings.save(site.name, findings);

  return {
    site: site.name,
    version: view.version,
    now,
    totals,
    missing: counts.missing,
    orphans: counts.orphan,
    sizeMismatches: counts['size-mismatch'],
    findings,
    confirmed: found.filter((_, index) => isConfirmed(findings[index] as FindingRecord)),
    unmappedFiles: tally.unmappedFiles,
    stopped,
    isClean: stopped === null && found.length + tally.unmappedFiles + tally.uncheckedFiles === 0,
  };
}

function listerFor(site: SiteRecord, listers: readonly StorageLister[]): StorageLister {
  const lister = listers.find((one) => one.accepts(site));
  if (lister !== undefined) return lister;
  throw new DynamoError('invalid-input', `no lister takes site ${site.name} with backend ${site.backend ?? '(none)'}`);
}

/** Orphans whose deletion is open already. */
async function pathsLeaving(
  { name }: SiteRecord,
  operations: Pick<OperationStore, 'list'>,
): Promise<ReadonlySet<string>> {
  const open = await operations.list({ site: name });
  return new Set(open.flatMap(({ target }) => (target.kind === 'delete-path' ? [target.path] : [])));
}

function isYoung(
  { listed }: Exclude<Finding, { readonly kind: 'missing' }>,
  now: number,
  graceSeconds: number,
): boolean {
  return graceSeconds > 0 && listed.modified !== null && listed.modified > now - graceSeconds;
}
