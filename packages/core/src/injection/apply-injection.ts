import { sameRecord } from '../change-set/same-record.ts';
import { throwIfAborted } from '../errors/aborted-error.ts';
import type { InventoryDraft } from '../inventory/draft.ts';
import type { DatasetName, Lfn } from '../model/names.ts';
import type { DatasetRecord, FileRecord } from '../model/records.ts';
import type { FileCatalogue } from '../seams/file-catalogue.ts';
import { type BlockInjection, injectBlock } from './inject-block.ts';
import type {
  InjectedDataset,
  InjectedDatasetReplica,
  InjectedGroup,
  InjectedSite,
  InjectionDocument,
} from './injection-document.ts';

/** How many of each kind a document brought that were not there before. */
export interface InjectionSummary {
  readonly sites: number;
  readonly groups: number;
  readonly datasets: number;
  readonly datasetReplicas: number;
  readonly blocks: number;
  readonly files: number;
  readonly blockReplicas: number;
}

export interface InjectionOptions {
  /** The catalogue of the draft's store: which files are there already. */
  readonly files: FileCatalogue;
  /** Seconds since 1970: what new records carry where the document does not say. */
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
}

const LOOK_UP_LFNS = 1000;

/**
 * Applies a document to a draft. Throws with the path of what does not fit the inventory; the draft has to be dropped
 * then, and nothing has happened. Injecting a document again changes nothing.
 */
export async function applyInjection(
  draft: InventoryDraft,
  document: InjectionDocument,
  options: InjectionOptions,
): Promise<InjectionSummary> {
  const { now, signal } = options;
  const known = await knownFiles(draft, document, options);
  const summary = {
    sites: count(document.sites, (site) => putSite(draft, site)),
    groups: count(document.groups, (group) => putGroup(draft, group)),
    datasets: count(document.datasets, (dataset) => putDataset(draft, dataset, now)),
    datasetReplicas: count(document.datasetReplicas, (replica) => putDatasetReplica(draft, replica)),
    blocks: 0,
    files: 0,
    blockReplicas: 0,
  };
  const grown = new Set<DatasetName>();
  for (const injection of blocksOf(document)) {
    throwIfAborted('the injection', signal);
    const { blocks, files, blockReplicas } = injectBlock(draft, injection, known, now);
    summary.blocks += blocks;
    summary.files += files;
    summary.blockReplicas += blockReplicas;
    if (blocks + files > 0) grown.add(injection.dataset);
  }
  for (const { name, lastUpdate } of document.datasets) {
    if (lastUpdate === undefined && grown.has(name)) touchDataset(draft, name, now);
  }
  return summary;
}

async function knownFiles(
  draft: InventoryDraft,
  document: InjectionDocument,
  { files, signal }: InjectionOptions,
): Promise<ReadonlyMap<Lfn, FileRecord>> {
  const lfns = document.datasets.flatMap(({ blocks }) =>
    blocks.flatMap(({ newFiles }) => newFiles.map(({ lfn }) => lfn)),
  );
  const known = new Map<Lfn, FileRecord>();
  for (let start = 0; start < lfns.length; start += LOOK_UP_LFNS) {
    throwIfAborted('the injection', signal);
    const batch = lfns.slice(start, start + LOOK_UP_LFNS);
    for (const file of await files.filesByLfn(batch, { at: draft.version })) known.set(file.lfn, file);
  }
  return known;
}

function putSite(draft: InventoryDraft, site: InjectedSite): boolean {
  const present = draft.site(site.name)?.toRecord();
  draft.put('site', {
    name: site.name,
    host: given(site.host, present?.host, null),
    storage: given(site.storage, present?.storage, 'unknown'),
    status: given(site.status, present?.status, 'unknown'),
    backend: given(site.backend, present?.backend, null),
    verified: present?.verified ?? true,
    pfn: given(site.pfn, present?.pfn, {}),
    lfn: given(site.lfn, present?.lfn, {}),
  });
  return present === undefined;
}

function putGroup(draft: InventoryDraft, { name, level }: InjectedGroup): boolean {
  const present = draft.group(name);
  draft.put('group', { name, level: given(level, present?.level, 'block') });
  return present === undefined;
}

function putDataset(draft: InventoryDraft, dataset: InjectedDataset, now: number): boolean {
  const present = draft.dataset(dataset.name)?.toRecord();
  if (present?.status === 'deleted' && dataset.status === undefined) {
    const hint = 'wait until it is gone, or give it another status';
    throw dataset.place.fault('name', `dataset ${dataset.name} is deleted`, hint);
  }
  const record: DatasetRecord = {
    name: dataset.name,
    status: given(dataset.status, present?.status, 'unknown'),
    dataType: given(dataset.dataType, present?.dataType, null),
    softwareVersion: given(dataset.softwareVersion, present?.softwareVersion, null),
    isOpen: given(dataset.isOpen, present?.isOpen, false),
    attributes: present?.attributes ?? {},
    lastUpdate: given(dataset.lastUpdate, present?.lastUpdate, now),
  };
  const hasChanged = present !== undefined && dataset.lastUpdate === undefined && !sameRecord(record, present);
  draft.put('dataset', hasChanged ? { ...record, lastUpdate: now } : record);
  return present === undefined;
}

function touchDataset(draft: InventoryDraft, name: DatasetName, now: number): void {
  const record = draft.dataset(name)?.toRecord();
  if (record !== undefined) draft.put('dataset', { ...record, lastUpdate: Math.max(record.lastUpdate, now) });
}

function putDatasetReplica(draft: InventoryDraft, replica: InjectedDatasetReplica): boolean {
  const { dataset, site, group, growing, place } = replica;
  const view = draft.dataset(dataset);
  if (view === undefined) throw place.fault('dataset', `there is no dataset ${dataset}`);
  if (draft.site(site) === undefined) throw place.fault('site', `there is no site ${site}`);
  if (typeof group === 'string' && draft.group(group) === undefined) {
    throw place.fault('group', `there is no group ${group}`);
  }
  const present = view.replica(site)?.toRecord();
  draft.put('datasetReplica', {
    dataset,
    site,
    group: given(group, present?.group, null),
    growing: given(growing, present?.growing, false),
  });
  return present === undefined;
}

/** What the document says of each block, under datasets and under their replicas. */
function blocksOf({ datasets, datasetReplicas }: InjectionDocument): Iterable<BlockInjection> {
  const injections = new Map<string, BlockInjection>();
  for (const { name: dataset, blocks } of datasets) {
    for (const block of blocks) {
      injections.set(`${dataset}\t${block.name}`, { dataset, name: block.name, block, listed: [] });
    }
  }
  for (const { dataset, site, blockReplicas } of datasetReplicas) {
    for (const replica of blockReplicas) {
      const key = `${dataset}\t${replica.block}`;
      const so = injections.get(key) ?? { dataset, name: replica.block, block: undefined, listed: [] };
      injections.set(key, { ...so, listed: [...so.listed, { ...replica, site }] });
    }
  }
  return injections.values();
}

function given<T>(value: T | undefined, present: T | undefined, otherwise: T): T {
  if (value !== undefined) return value;
  return present === undefined ? otherwise : present;
}

function count<T>(items: readonly T[], isNew: (item: T) => boolean): number {
  return items.filter(isNew).length;
}
