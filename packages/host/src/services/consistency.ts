import { DynamoError, type FindingRecord } from '@dynamo/core';
import { actOnCheck, checkSite, createFileStorage, type SiteActions, type SiteCheck } from '@dynamo/fileops';
import { type Application, readInventory, type WritingOptions, writeInventory } from './application.ts';

export interface ConsistencyReport {
  readonly check: SiteCheck;
  /** What was done about it; null where nothing was to be done but look. */
  readonly actions: SiteActions | null;
}

/** Compares what is at a site with what the inventory says, and acts on what two rounds have seen if `act` says so. */
export async function checkConsistency(
  application: Application,
  site: string,
  { act, user, signal }: WritingOptions & { readonly act: boolean },
): Promise<ConsistencyReport> {
  const { clock, configuration, inventory, store } = application;
  const { graceSeconds, safetyFraction } = configuration.consistency;
  const { lister } = createFileStorage({ concurrency: configuration.fileOperations.parallel });
  const check = await checkSite(
    site,
    { ...store, inventory, listers: [lister], limits: { graceSeconds, safetyFraction } },
    { now: clock.nowSeconds(), ...(signal === undefined ? {} : { signal }) },
  );
  if (!act) return { check, actions: null };
  const actions = await actOnCheck(check, {
    inventory,
    files: store.files,
    commit: async (apply) => {
      await writeInventory(application, 'consistency', { user }, apply);
    },
  });
  return { check, actions };
}

/** What the last check of a site saw, in the order of kinds and names. */
export async function listFindings(application: Application, site: string): Promise<readonly FindingRecord[]> {
  const isKnown = await readInventory(application, 'findings', {}, (view) => view.site(site) !== undefined);
  if (!isKnown) throw new DynamoError('not-found', `there is no site ${site}`);
  const findings = await application.store.findings.load(site);
  return [...findings].sort((a, b) => compare(a.kind, b.kind) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
