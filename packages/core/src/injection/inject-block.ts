import { assert } from '../errors/assert.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import type { InventoryDraft } from '../inventory/draft.ts';
import type { BlockReplicaView, BlockView } from '../inventory/view.ts';
import type { BlockName, DatasetName, Lfn, SiteName } from '../model/names.ts';
import type { BlockReplicaKey, FileRecord } from '../model/records.ts';
import { type DocumentPlace, placed } from './document-place.ts';
import type { InjectedBlock, InjectedBlockReplica, InjectedFile } from './injection-document.ts';

/** All that a document says of one block. */
export interface BlockInjection {
  readonly dataset: DatasetName;
  readonly name: BlockName;
  /** Undefined where only replicas of it are listed. */
  readonly block: InjectedBlock | undefined;
  readonly listed: readonly ListedReplica[];
}

export interface ListedReplica extends InjectedBlockReplica {
  readonly site: SiteName;
}

/** What became new. */
export interface BlockInjectionSummary {
  readonly blocks: number;
  readonly files: number;
  readonly blockReplicas: number;
}

const NOTHING_HELD = { size: 0, files: 0, contents: { kind: 'present', ids: [] } } as const;

/**
 * Puts a block, its files and its replicas into the draft. A replica listed in the document is complete, unless files
 * of the block in the same document name its site: then it has those.
 *
 * @param known the files of the document that the catalogue has already
 */
export function injectBlock(
  draft: InventoryDraft,
  injection: BlockInjection,
  known: ReadonlyMap<Lfn, FileRecord>,
  now: number,
): BlockInjectionSummary {
  const { dataset, name, block, listed } = injection;
  const isNew = blockOf(draft, injection) === undefined;
  if (isNew && block === undefined) throw noBlock(injection);
  if (isNew) {
    const { isOpen = false, lastUpdate = now } = block ?? {};
    draft.put('block', { dataset, name, size: 0, files: 0, isOpen, lastUpdate });
  }
  const before = new Set(isNew ? [] : sitesOf(draft, injection));
  const complete = completeReplicas(draft, injection, isNew, now);
  const hadReplicas = before.size > 0;
  const touched = new Set<SiteName>(complete);
  const arrivals = new Map<SiteName, FileRecord[]>();
  let files = 0;
  for (const file of block?.newFiles ?? []) {
    for (const site of file.sites) requireUsableSite(draft, { dataset, block: name, site }, file.place, 'site');
    const present = known.get(file.lfn);
    if (present !== undefined) {
      requireSameFile(file, present, injection);
      for (const site of file.sites) arrivals.set(site, [...(arrivals.get(site) ?? []), present]);
    } else {
      if (hadReplicas && file.sites.length + complete.length === 0) {
        throw file.place.fault('site', 'the block has replicas', 'say which site has the new file');
      }
      addFile(draft, injection, file, [...new Set([...file.sites, ...complete])]);
      files += 1;
    }
    for (const site of file.sites) touched.add(site);
  }
  for (const site of touched) settle(draft, { dataset, block: name, site }, arrivals.get(site) ?? [], now);
  if (block !== undefined) finishBlock(draft, injection, block);
  for (const replica of listed) finishReplica(draft, injection, replica);
  const blockReplicas = sitesOf(draft, injection).filter((site) => !before.has(site)).length;
  return { blocks: isNew ? 1 : 0, files, blockReplicas };
}

function noBlock({ dataset, name, listed: [first] }: BlockInjection): Error {
  assert(first !== undefined, `the document says something of block ${name}`);
  return first.place.fault('block', `there is no block ${name} of dataset ${dataset}`);
}

/** The sites whose listed replicas have the whole block, new files included. */
function completeReplicas(
  draft: InventoryDraft,
  injection: BlockInjection,
  isNew: boolean,
  now: number,
): readonly SiteName[] {
  const named = new Set(injection.block?.newFiles.flatMap(({ sites }) => sites));
  const complete: SiteName[] = [];
  for (const listing of injection.listed) {
    const { site, place } = listing;
    if (named.has(site)) continue;
    const key = { dataset: injection.dataset, block: injection.name, site };
    requireUsableSite(draft, key, place, 'block');
    const present = replicaOf(draft, key);
    if (present === undefined) {
      const group = draft.dataset(key.dataset)?.replica(site)?.group ?? null;
      const lastUpdate = listing.lastUpdate ?? now;
      draft.put('blockReplica', { ...key, group, custodial: false, lastUpdate, operation: 'none', partial: null });
    } else if (isNew) {
      // The empty one that a growing replica of the dataset has just got.
      arrive(draft, key, []);
    } else if (!present.isComplete) {
      continue;
    }
    complete.push(site);
  }
  return complete;
}

function addFile(
  draft: InventoryDraft,
  { dataset, name }: BlockInjection,
  { lfn, size, adler32, place }: InjectedFile,
  presentAt: readonly SiteName[],
): void {
  try {
    draft.addFile({ dataset, block: name, lfn, size, checksums: adler32 === undefined ? {} : { adler32 }, presentAt });
  } catch (error) {
    throw placed(error, place, 'name');
  }
}

/** A file injected again must be the same file. */
function requireSameFile(file: InjectedFile, present: FileRecord, { dataset, name }: BlockInjection): void {
  if (present.dataset !== dataset || present.block !== name) {
    throw file.place.fault('name', `the file is in block ${present.block} of dataset ${present.dataset} already`);
  }
  if (present.size !== file.size) {
    throw file.place.fault('size', `the file is in the inventory with ${present.size} bytes, not ${file.size}`);
  }
  const stored = present.checksums.adler32;
  if (file.adler32 !== undefined && stored !== undefined && stored !== file.adler32) {
    throw file.place.fault('adler32', `the file is in the inventory with adler32 ${stored}, not ${file.adler32}`);
  }
}

/** Files of before that the site has as well; and a replica that has every file now is complete, its copy done. */
function settle(draft: InventoryDraft, key: BlockReplicaKey, arrived: readonly FileRecord[], now: number): void {
  if (replicaOf(draft, key) === undefined) {
    const group = draft.dataset(key.dataset)?.replica(key.site)?.group ?? null;
    const empty = { custodial: false, lastUpdate: now, operation: 'none', partial: NOTHING_HELD } as const;
    draft.put('blockReplica', { ...key, group, ...empty });
  }
  const replica = replicaOf(draft, key);
  const contents = replica?.contents ?? null;
  if (replica === undefined || contents === null || contents.kind === 'unknown') return;
  const listed = new Set<number>(contents.ids);
  const fresh = arrived.filter(({ id }) => listed.has(id) === (contents.kind === 'missing'));
  if (fresh.length > 0 || replica.files === replica.block.files) arrive(draft, key, fresh);
}

function arrive(draft: InventoryDraft, replica: BlockReplicaKey, files: readonly FileRecord[]): void {
  const evidence = { kind: 'declared', by: 'inject', reason: 'injected as present there' } as const;
  draft.recordFact({ kind: 'files-arrived', replica, files, evidence });
}

function finishBlock(draft: InventoryDraft, injection: BlockInjection, block: InjectedBlock): void {
  const view = blockOf(draft, injection) as BlockView;
  if (block.files !== undefined && block.files !== view.files) {
    throw block.place.fault('num_files', `the block has ${view.files} files, not ${block.files}`);
  }
  if (block.size !== undefined && block.size !== view.size) {
    throw block.place.fault('size', `the files of the block have ${view.size} bytes, not ${block.size}`);
  }
  const record = view.toRecord();
  const { isOpen = record.isOpen, lastUpdate = record.lastUpdate } = block;
  draft.put('block', { ...record, isOpen, lastUpdate });
}

function finishReplica(draft: InventoryDraft, { dataset, name }: BlockInjection, listing: ListedReplica): void {
  const { site, group, lastUpdate, place } = listing;
  const record = (replicaOf(draft, { dataset, block: name, site }) as BlockReplicaView).toRecord();
  if (typeof group === 'string' && draft.group(group) === undefined) {
    throw place.fault('group', `there is no group ${group}`);
  }
  draft.put('blockReplica', {
    ...record,
    group: group === undefined ? record.group : group,
    lastUpdate: lastUpdate ?? record.lastUpdate,
  });
}

/** A site that exists, and does not just lose its replica of the block. */
function requireUsableSite(draft: InventoryDraft, key: BlockReplicaKey, place: DocumentPlace, at: string): void {
  if (draft.site(key.site) === undefined) throw place.fault(at, `there is no site ${key.site}`);
  if (replicaOf(draft, key)?.operation !== 'delete') return;
  const what = `the replica of block ${key.block} at ${key.site} is being deleted`;
  throw placed(new DynamoError('conflict', `${what}: wait until it is gone, or cancel the deletion`), place, at);
}

function blockOf(draft: InventoryDraft, { dataset, name }: BlockInjection): BlockView | undefined {
  return draft.dataset(dataset)?.block(name);
}

function replicaOf(draft: InventoryDraft, { dataset, block, site }: BlockReplicaKey): BlockReplicaView | undefined {
  return draft.dataset(dataset)?.block(block)?.replica(site);
}

function sitesOf(draft: InventoryDraft, injection: BlockInjection): readonly SiteName[] {
  return Array.from(blockOf(draft, injection)?.replicas() ?? [], ({ site }) => site.name);
}
