import type { BlockReplicaView, FileId, InventoryRecord } from '@dynamo/core';
import fc from 'fast-check';

/** A small federation in which everything that a Detox run can meet is likely. */
export interface RandomFederation {
  readonly records: readonly InventoryRecord[];
  /** Membership of partition P, spelt out. */
  readonly stays: (replica: BlockReplicaView, owner: string) => boolean;
}

export const NOW = 1_767_225_600;
const DAY = 86_400;

const GROUPS = [
  { name: 'A', level: 'dataset' },
  { name: 'B', level: 'dataset' },
  { name: 'c', level: 'block' },
  { name: 'D', level: 'block' },
] as const;

const SITES = ['S1', 'S2', 's3', 'T1', 'T2'] as const;
const DATASETS = ['/a/x/RAW', '/B/y/AOD', '/a/x-2/RECO', '/\u{ffee}/z/RAW', '/\u{1f600}/z/RAW'] as const;

const PARTITIONS: readonly {
  readonly parts: readonly string[];
  readonly stays: RandomFederation['stays'];
}[] = [
  { parts: ['site.name == *'], stays: () => true },
  { parts: ['blockreplica.owner != D'], stays: (_, owner) => owner !== 'D' },
  { parts: ['blockreplica.owner notin [A None]'], stays: (_, owner) => owner !== 'A' && owner !== 'None' },
  {
    parts: [
      'blockreplica.owner in [A c] and site.storage_type == DISK',
      'site.storage_type == MSS',
      'blockreplica.owner == c',
    ],
    stays: (replica, owner) =>
      replica.site.storage === 'mss' || owner === 'c' || (owner === 'A' && replica.site.storage === 'disk'),
  },
  {
    parts: [
      'blockreplica.owner in [A B] and blockreplica.last_update newer_than 2025-12-29',
      'blockreplica.owner in [c None]',
    ],
    stays: (replica, owner) =>
      owner === 'c' || owner === 'None' || (owner !== 'D' && replica.lastUpdate > Date.UTC(2025, 11, 29) / 1000),
  },
];

const site = fc.record({
  status: fc.constantFrom('ready', 'ready', 'ready', 'ready', 'morgue', 'waitroom'),
  verified: fc.constantFrom(true, true, true, true, false),
  quota: fc.constantFrom(null, -1, 0, 40, 100, 100, 200, 400),
});

const replica = fc.record({
  group: fc.constantFrom('A', 'A', 'B', 'B', 'c', 'c', 'c', 'D', null),
  age: fc.integer({ min: 0, max: 5 }),
  custodial: fc.constantFrom(false, false, false, false, false, false, false, true),
  form: fc.constantFrom(...Array<'complete'>(9).fill('complete'), 'unknown', 'present', 'missing'),
  ids: fc.subarray([1, 2, 3]),
  operation: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'delete', 'copy'),
});

const block = fc.record({
  size: fc.integer({ min: 1, max: 30 }),
  replicas: fc.array(fc.option(replica, { freq: 3 }), { minLength: SITES.length, maxLength: SITES.length }),
});

const dataset = fc.record({
  status: fc.constantFrom('valid', 'valid', 'valid', 'production', 'invalid', 'deprecated'),
  age: fc.integer({ min: 0, max: 5 }),
  rank: fc.option(fc.integer({ min: 0, max: 3 })),
  needed: fc.option(fc.subarray([...SITES])),
  blocks: fc.array(block, { maxLength: 5 }),
  emptyAt: fc.subarray([...SITES]),
});

const lock = fc.record({
  dataset: fc.constantFrom(...DATASETS, '/a/*'),
  site: fc.constantFrom(null, 'S1', 'T*'),
  group: fc.constantFrom(null, 'A', 'A', 'c', 'None'),
  expires: fc.constantFrom(null, NOW - 1, NOW + DAY),
});

export const federation: fc.Arbitrary<RandomFederation> = fc
  .record({
    sites: fc.array(site, { minLength: SITES.length, maxLength: SITES.length }),
    partition: fc.constantFrom(...PARTITIONS),
    datasets: fc.array(dataset, { minLength: 1, maxLength: DATASETS.length }),
    locks: fc.array(lock, { maxLength: 1 }),
  })
  .map(({ sites, partition, datasets, locks }) => ({
    stays: partition.stays,
    records: [
      ...GROUPS.map((record) => ({ entity: 'group', record })),
      ...sites.map(({ status, verified }, i) => ({
        entity: 'site',
        record: {
          name: SITES[i],
          host: null,
          storage: SITES[i]?.startsWith('T') ? 'mss' : 'disk',
          status,
          backend: null,
          verified,
          pfn: {},
          lfn: {},
        },
      })),
      ...partition.parts.map((condition, i) => ({ entity: 'partition', record: { name: `P${i}`, condition } })),
      { entity: 'partition', record: { name: 'P', parts: partition.parts.map((_, i) => `P${i}`) } },
      ...sites.flatMap(({ quota }, i) =>
        quota === null ? [] : [{ entity: 'quota', record: { site: SITES[i], partition: 'P0', bytes: quota } }],
      ),
      ...datasets.flatMap((each, i) => recordsOf(each, DATASETS[i] as string)),
      ...locks.map((each, i) => ({
        entity: 'lock',
        record: { ...each, id: i + 1, block: null, owner: null, comment: null },
      })),
    ] as unknown as readonly InventoryRecord[],
  }));

function recordsOf(each: Example<typeof dataset>, name: string): unknown[] {
  const attributes = {
    ...(each.rank === null ? {} : { usage_rank: each.rank }),
    ...(each.needed === null ? {} : { enforcer_protected: each.needed }),
  };
  const present = SITES.filter(
    (siteName, i) => each.emptyAt.includes(siteName) || each.blocks.some(({ replicas }) => replicas[i] != null),
  );
  return [
    {
      entity: 'dataset',
      record: {
        name,
        status: each.status,
        dataType: null,
        softwareVersion: null,
        lastUpdate: NOW - each.age * DAY,
        isOpen: false,
        attributes,
      },
    },
    ...each.blocks.map(({ size }, i) => ({
      entity: 'block',
      record: { dataset: name, name: `b${i}`, size, files: 3, isOpen: false, lastUpdate: NOW - each.age * DAY },
    })),
    ...present.map((siteName) => ({
      entity: 'datasetReplica',
      record: { dataset: name, site: siteName, group: null, growing: false },
    })),
    ...each.blocks.flatMap(({ replicas, size }, i) =>
      replicas.flatMap((at, s) =>
        at === null ? [] : [replicaRecord(at, { name, block: `b${i}`, site: SITES[s] as string, size })],
      ),
    ),
  ];
}

function replicaRecord(
  { group, age, custodial, form, ids, operation }: Example<typeof replica>,
  at: { readonly name: string; readonly block: string; readonly site: string; readonly size: number },
): unknown {
  const held = form === 'missing' ? 3 - ids.length : form === 'present' ? ids.length : 1;
  const contents = form === 'unknown' ? { kind: form } : { kind: form, ids: ids as FileId[] };
  const isComplete = form === 'complete' || held === 3;
  return {
    entity: 'blockReplica',
    record: {
      dataset: at.name,
      block: at.block,
      site: at.site,
      group,
      custodial,
      lastUpdate: NOW - age * DAY,
      operation: isComplete && operation === 'copy' ? 'none' : operation,
      partial: isComplete ? null : { size: Math.floor((at.size * held) / 3), files: held, contents },
    },
  };
}

type Example<A> = A extends fc.Arbitrary<infer T> ? T : never;

const CONDITIONS = [
  'blockreplica.is_locked',
  'blockreplica.owner == c',
  'blockreplica.owner in [D None]',
  'blockreplica.owner == A',
  'blockreplica.last_update older_than 2 days ago',
  'blockreplica.last_update newer_than 3 days ago',
  'blockreplica.num_full_disk_copy < 2',
  'blockreplica.num_full_disk_copy > 1 and not blockreplica.on_tape',
  'blockreplica.on_tape and dataset.status == VALID',
  'blockreplica.is_last_transfer_source',
  'blockreplica.age_relative_to_newest > 86400',
  'not blockreplica.on_tape and blockreplica.owner != A',
  'dataset.on_tape == PARTIAL',
  'dataset.on_tape == FULL and dataset.usage_rank > 1',
  'dataset.on_tape != NONE and not blockreplica.on_tape',
  'dataset.status in [INVALID DEPRECATED]',
  'dataset.name == /a/*',
  'dataset.name =~ /[aB]/ and site.name == S1',
  'dataset.num_full_disk_copy > 1',
  'dataset.usage_rank > 1',
  'dataset.size < 40',
  'replica.incomplete',
  'not replica.incomplete and site.storage_type == DISK',
  'replica.size > 30',
  'replica.enforcer_protected',
  'replica.last_block_created newer_than 2 days ago',
  'replica.first_block_created older_than 4 days ago',
  'replica.num_full_disk_copy_common_owner > 1',
  'replica.num_full_other_copy_common_owner == 0',
  'replica.num_full_other_copy_common_owner > 0 and blockreplica.owner == B',
  'site.name == T*',
  'site.status == MORGUE',
  'dataset.last_update older_than 1 day ago until 2020-01-01',
] as const;

/** What makes passes, hand-overs and changes for all: half of the lines. */
const LIVELY = [
  'blockreplica.owner == c',
  'blockreplica.owner in [c None]',
  'blockreplica.age_relative_to_newest > 86400',
  'blockreplica.age_relative_to_newest < 86400',
  'blockreplica.num_full_disk_copy > 1',
  'replica.num_full_other_copy_common_owner > 0',
] as const;

const line = fc
  .record({
    action: fc.constantFrom('Protect', 'Delete', 'Dismiss', 'ProtectBlock', 'DeleteBlock', 'DismissBlock', 'Ignore'),
    condition: fc.oneof(fc.constantFrom(...CONDITIONS), fc.constantFrom(...LIVELY)),
  })
  .map(
    ({ action, condition }) =>
      `${action === 'Ignore' && condition.startsWith('b') ? 'DismissBlock' : action} ${condition}`,
  );

/** Texts of policies for partition P. */
export const policyText: fc.Arbitrary<string> = fc
  .record({
    on: fc.constantFrom('site.name == *', 'site.name == *', 'site.name notin [T2 s3]', 'site.storage_type == DISK'),
    when: fc.constantFrom('always', 'always', 'site.occupancy > 0.5', 'site.occupancy > 0.9', 'site.status == MORGUE'),
    until: fc.constantFrom('never', 'never', 'site.occupancy < 0.3', 'site.occupancy <= 0.6', 'site.quota > 300'),
    lines: fc.array(line, { maxLength: 6 }),
    byDefault: fc.constantFrom('Dismiss', 'Dismiss', 'Dismiss', 'Protect', 'Delete', 'Ignore'),
    order: fc.constantFrom(
      'none',
      'increasing replica.size',
      'decreasing dataset.usage_rank increasing replica.size',
      'decreasing dataset.num_full_disk_copy',
    ),
    isStatic: fc.constantFrom(false, false, true),
  })
  .map(({ on, when, until, lines, byDefault, order, isStatic }) =>
    [
      'Partition P',
      `On ${on}`,
      `When ${when}`,
      `Until ${until}`,
      ...(isStatic ? ['Algo Static'] : []),
      ...lines,
      byDefault,
      `Order ${order}`,
      '',
    ].join('\n'),
  );
