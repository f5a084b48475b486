/** Groups and partitions as CMS has them. */
import type { GroupName, PartitionName } from '../model/names.ts';
import type { GroupRecord, PartitionRecord } from '../model/records.ts';

export const CMS_GROUPS: readonly GroupRecord[] = (
  [
    ['AnalysisOps', 'dataset'],
    ['DataOps', 'block'],
    ['RelVal', 'dataset'],
    ['express', 'block'],
    ['caf-comm', 'dataset'],
    ['caf-alca', 'dataset'],
    ['local', 'dataset'],
    ['IB RelVal', 'dataset'],
  ] as const
).map(([name, level]) => ({ name: name as GroupName, level }));

const DISK = 'site.storage_type == DISK';

export const CMS_PARTITIONS: readonly PartitionRecord[] = [
  condition('AnalysisOps', `blockreplica.owner == AnalysisOps and ${DISK}`),
  condition('DataOpsDisk', `blockreplica.owner == DataOps and ${DISK}`),
  condition('RelVal', 'blockreplica.owner == RelVal'),
  condition('caf-comm', `blockreplica.owner == caf-comm and ${DISK}`),
  condition('caf-alca', `blockreplica.owner == caf-alca and ${DISK}`),
  condition('local', `blockreplica.owner == local and ${DISK}`),
  condition('IB RelVal', `blockreplica.owner == IB RelVal and ${DISK}`),
  condition('Unsubscribed', `blockreplica.owner == None and ${DISK}`),
  condition('Express', `blockreplica.owner == express and dataset.name == /*/*Express*/* and ${DISK}`),
  condition('Tape', 'site.storage_type == MSS'),
  condition('PhysicsTape', 'site.storage_type == MSS'),
  union('Physics', ['AnalysisOps', 'DataOpsDisk', 'PhysicsTape']),
  union('DataOps', ['DataOpsDisk', 'PhysicsTape']),
  condition('AllDisk', `blockreplica.owner != None and ${DISK}`),
];

/** The partition with a quota on disk to which a group's data belongs; every one has data but for the small. */
export const QUOTA_PARTITIONS: ReadonlyMap<string | null, PartitionName> = new Map(
  [
    ['AnalysisOps', 'AnalysisOps'],
    ['DataOps', 'DataOpsDisk'],
    ['RelVal', 'RelVal'],
    ['express', 'Express'],
    ['caf-comm', 'caf-comm'],
    ['caf-alca', 'caf-alca'],
    ['local', 'local'],
    ['IB RelVal', 'IB RelVal'],
  ].map(([group, partition]) => [group as string, partition as PartitionName]),
);

export const TAPE_PARTITION = 'Tape' as PartitionName;

function condition(name: string, text: string): PartitionRecord {
  return { name: name as PartitionName, condition: text };
}

function union(name: string, parts: readonly string[]): PartitionRecord {
  return { name: name as PartitionName, parts: parts as readonly PartitionName[] };
}
