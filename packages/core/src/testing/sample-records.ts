/** Records of a small federation that holds one of everything, awkward names and figures included. */
import { type Change, type ChangeSet, changeSetOf } from '../change-set/change-set.ts';
import { keyOf } from '../change-set/record-key.ts';
import type { BlockName, DatasetName, GroupName, Lfn, PartitionName, SiteName } from '../model/names.ts';
import type {
  BlockRecord,
  BlockReplicaRecord,
  DatasetRecord,
  DatasetReplicaRecord,
  Entity,
  EntityRecords,
  FileId,
  FileRecord,
  InventoryRecord,
  SiteRecord,
} from '../model/records.ts';

const LARGEST_SIZE: number = Number.MAX_SAFE_INTEGER;

export function sampleSite(name: string): SiteRecord {
  return {
    name: name as SiteName,
    host: 'se.example.org',
    storage: 'disk',
    status: 'ready',
    backend: null,
    verified: true,
    pfn: { root: [[['/store/(.*)', 'root://se.example.org//{0}']]] },
    lfn: {},
  };
}

export function sampleDataset(name: string, attributes: DatasetRecord['attributes'] = {}): DatasetRecord {
  return {
    name: name as DatasetName,
    status: 'valid',
    dataType: 'production',
    softwareVersion: null,
    lastUpdate: 1_528_406_008,
    isOpen: false,
    attributes,
  };
}

export function sampleBlock(dataset: string, name: string, size = 300, files = 3): BlockRecord {
  const names = { dataset: dataset as DatasetName, name: name as BlockName };
  return { ...names, size, files, isOpen: true, lastUpdate: 1_528_406_008 };
}

export function sampleFile(id: number, block: BlockRecord, lfn: string, size = 100): FileRecord {
  const { dataset, name } = block;
  return { id: id as FileId, dataset, block: name, lfn: lfn as Lfn, size, checksums: { adler32: '0a1b2c3d' } };
}

export function sampleDatasetReplica(dataset: string, site: string, group: string | null = null): DatasetReplicaRecord {
  return {
    dataset: dataset as DatasetName,
    site: site as SiteName,
    group: group as GroupName | null,
    growing: group !== null,
  };
}

export function sampleReplica(
  block: BlockRecord,
  site: string,
  more: Partial<Pick<BlockReplicaRecord, 'group' | 'custodial' | 'lastUpdate' | 'operation' | 'partial'>> = {},
): BlockReplicaRecord {
  const plain = { group: null, custodial: false, lastUpdate: 1_600_000_000, operation: 'none', partial: null } as const;
  return { dataset: block.dataset, block: block.name, site: site as SiteName, ...plain, ...more };
}

export function item<E extends Entity>(entity: E, record: EntityRecords[E]): InventoryRecord {
  return { entity, record } as unknown as InventoryRecord;
}

/** The change set that adds these. */
export function additions(records: readonly InventoryRecord[]): ChangeSet {
  return changeSetOf(records.map(({ entity, record }) => changeOf(entity, null, record)));
}

export function changeOf<E extends Entity>(
  entity: E,
  before: EntityRecords[E] | null,
  after: EntityRecords[E] | null,
): Change {
  const key = keyOf(entity, (after ?? before) as EntityRecords[E]);
  return { entity, key, before, after } as unknown as Change;
}

/** The longest names that the model allows, in characters of four bytes: what an index has to cope with. */
const longDataset = `/${'𝔻'.repeat(511)}`;
const longLfn = `/${'𝔽'.repeat(1023)}`;

const block1 = sampleBlock('/A/B-v1/AOD', '48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848');
const block2 = sampleBlock('/A/B-v1/AOD', 'block "two" \\ %_');
/** The same block name in another dataset, and a dataset name that differs in case and accent alone. */
const block3 = sampleBlock('/a/b-v1/aod', '48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848', LARGEST_SIZE, 1);
const block4 = sampleBlock(longDataset, '𝔹'.repeat(128), 0, 0);

const files = [
  sampleFile(1, block1, '/store/x/1.root'),
  sampleFile(2, block1, '/store/x/2.root'),
  sampleFile(3, block1, '/store/x/3.root'),
  sampleFile(4, block2, '/store/X/1.root'),
  // In byte order U+FF5E comes before U+1F600, in UTF-16 units after it.
  sampleFile(5, block2, '/store/x/\u{1F600}.root'),
  sampleFile(6, block2, '/store/x/\u{FF5E}.root'),
  { ...sampleFile(7, block3, longLfn, LARGEST_SIZE), checksums: {} },
];

export const sampleBlocks: Readonly<Record<'block1' | 'block2' | 'block3' | 'block4', BlockRecord>> = {
  block1,
  block2,
  block3,
  block4,
};
export const sampleFiles: readonly FileRecord[] = files;

/** Each after those it refers to. */
export const sampleFederation: readonly InventoryRecord[] = [
  item('group', { name: 'AnalysisOps' as GroupName, level: 'dataset' }),
  item('group', { name: 'gruppe-ß' as GroupName, level: 'block' }),
  item('site', sampleSite('T2_US_MIT')),
  item('site', { ...sampleSite('T1_Tape'), storage: 'mss', status: 'waitroom', host: null, verified: false, lfn: {} }),
  item('site', { ...sampleSite('T3_Empty'), storage: 'unknown', status: 'morgue', backend: 'file:///x', pfn: {} }),
  item('partition', { name: 'Physics' as PartitionName, condition: 'blockreplica.owner == AnalysisOps' }),
  item('partition', { name: 'Express lane' as PartitionName, condition: 'dataset.name == /A/*/AOD' }),
  item('partition', { name: 'All' as PartitionName, parts: ['Physics', 'Express lane'] as PartitionName[] }),
  item('quota', { site: 'T2_US_MIT' as SiteName, partition: 'Physics' as PartitionName, bytes: LARGEST_SIZE }),
  item('quota', { site: 'T1_Tape' as SiteName, partition: 'Express lane' as PartitionName, bytes: -1 }),
  item('dataset', sampleDataset('/A/B-v1/AOD', { usage_rank: 12.5, enforcer_protected: ['T2_US_MIT'], tag: 'ä"\\' })),
  item('dataset', { ...sampleDataset('/a/b-v1/aod', { on: true }), softwareVersion: '10_2_3', dataType: null }),
  item('dataset', { ...sampleDataset(longDataset), status: 'deleted', isOpen: true, lastUpdate: 0 }),
  ...[block1, block2, block3, block4].map((block) => item('block', block)),
  ...files.map((file) => item('file', file)),
  item('datasetReplica', sampleDatasetReplica('/A/B-v1/AOD', 'T2_US_MIT', 'AnalysisOps')),
  item('datasetReplica', sampleDatasetReplica('/A/B-v1/AOD', 'T1_Tape')),
  item('datasetReplica', sampleDatasetReplica('/a/b-v1/aod', 'T2_US_MIT')),
  item('datasetReplica', sampleDatasetReplica(longDataset, 'T1_Tape', 'gruppe-ß')),
  item('blockReplica', sampleReplica(block1, 'T2_US_MIT', { group: 'AnalysisOps' as GroupName, custodial: true })),
  item(
    'blockReplica',
    sampleReplica(block1, 'T1_Tape', {
      operation: 'copy',
      partial: { size: 200, files: 2, contents: { kind: 'present', ids: [1, 3] as FileId[] } },
    }),
  ),
  item(
    'blockReplica',
    sampleReplica(block2, 'T2_US_MIT', {
      operation: 'delete',
      partial: { size: 200, files: 2, contents: { kind: 'missing', ids: [5] as FileId[] } },
    }),
  ),
  item(
    'blockReplica',
    sampleReplica(block2, 'T1_Tape', { partial: { size: 0, files: 0, contents: { kind: 'present', ids: [] } } }),
  ),
  item(
    'blockReplica',
    sampleReplica(block3, 'T2_US_MIT', { partial: { size: 17, files: 1, contents: { kind: 'unknown' } } }),
  ),
  item('blockReplica', sampleReplica(block4, 'T1_Tape', { group: 'gruppe-ß' as GroupName, lastUpdate: 0 })),
  item('lock', {
    id: 1,
    dataset: '/A/B*/AOD',
    site: 'T2_*',
    group: 'AnalysisOps',
    block: block1.name,
    expires: 1_900_000_000,
    owner: 'me',
    comment: 'because',
  }),
  item('lock', {
    id: 2,
    dataset: '*',
    site: null,
    group: null,
    block: null,
    expires: null,
    owner: null,
    comment: null,
  }),
];
