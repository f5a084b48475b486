import {
  type AttributeColumn,
  type AttributeValue,
  type BlockName,
  type DatasetName,
  type InventoryRecord,
  inputError,
  type PartitionName,
  type PartitionRecord,
  parseBlockName,
  parseDatasetName,
  parseGroupName,
  parseSiteName,
  type SiteName,
} from '@dynamo/core';
import type { PolicyTest, TestReplica, TestSite } from './policy-test.ts';

/** The records of a test's little inventory, without quotas. Throws `invalid-input` where the test contradicts itself. */
export function testRecords(
  test: PolicyTest,
  partitions: readonly PartitionRecord[],
  file?: string,
): InventoryRecord[] {
  const { replicas } = test;
  const byDataset = Map.groupBy(replicas, ({ dataset }) => dataset);
  const groups = new Set([
    ...test.groups.keys(),
    ...replicas.flatMap(({ blocks }) => blocks.flatMap(({ group }) => group ?? [])),
  ]);
  return [
    ...[...groups].map((name): InventoryRecord => {
      return { entity: 'group', record: { name: parseGroupName(name), level: test.groups.get(name) ?? 'block' } };
    }),
    ...testSites(test).map(({ name, storage, status }): InventoryRecord => {
      const nothing = { host: null, backend: null, pfn: {}, lfn: {} };
      return { entity: 'site', record: { name: parseSiteName(name), storage, status, verified: true, ...nothing } };
    }),
    ...partitions.map((record): InventoryRecord => ({ entity: 'partition', record })),
    ...[...byDataset].flatMap(([name, copies]) => datasetRecords(name, copies, { test, file })),
    ...replicas.map(({ dataset, site }): InventoryRecord => {
      return { entity: 'datasetReplica', record: { ...keyOf(dataset, site), group: null, growing: false } };
    }),
    ...replicas.flatMap(blockReplicaRecords),
    ...replicas.flatMap(lockRecords).map((record, i) => ({ ...record, record: { ...record.record, id: i + 1 } })),
  ];
}

/** What producers would supply, by variable and dataset. */
export function testAttributes({ replicas }: PolicyTest, file?: string): ReadonlyMap<string, AttributeColumn> {
  const columns = new Map<string, Map<string, AttributeValue>>();
  for (const { dataset, site, values, path } of replicas) {
    for (const [variable, given] of values) {
      const column = columns.get(variable) ?? new Map<string, AttributeValue>();
      columns.set(variable, column);
      const before = column.get(dataset);
      const isOfSite = variable.startsWith('replica.') && typeof given === 'boolean';
      // A variable of replicas that holds or not is known by the sites where it does.
      const value = isOfSite ? [...((before ?? []) as readonly string[]), ...(given ? [site] : [])] : given;
      if (before !== undefined && !isOfSite && JSON.stringify(before) !== JSON.stringify(value)) {
        throw inputError({
          what: `another replica of ${dataset} has another value`,
          where: { file, path: `${path}.${variable}` },
        });
      }
      column.set(dataset, value);
    }
  }
  return columns;
}

/** Quotas of the policy's partition: of a union, its first part has all of it. */
export function quotaRecords(
  test: PolicyTest,
  partition: PartitionName,
  {
    partitions,
    bytesAt,
  }: { readonly partitions: readonly PartitionRecord[]; readonly bytesAt: (site: string) => number },
): InventoryRecord[] {
  const part = firstPart(partition, partitions);
  return testSites(test).map(({ name, fill }): InventoryRecord => {
    const bytes = 'quota' in fill ? fill.quota : Math.max(1, Math.round(bytesAt(name) / fill.occupancy));
    return { entity: 'quota', record: { site: name as SiteName, partition: part, bytes } };
  });
}

function firstPart(name: PartitionName, partitions: readonly PartitionRecord[]): PartitionName {
  const record = partitions.find((each) => each.name === name);
  const [first] = record !== undefined && 'parts' in record ? record.parts : [];
  return first === undefined ? name : firstPart(first, partitions);
}

function datasetRecords(
  name: string,
  copies: readonly TestReplica[],
  { test, file }: { readonly test: PolicyTest; readonly file: string | undefined },
): InventoryRecord[] {
  const one = <T>(key: string, read: (replica: TestReplica) => T | undefined): T | undefined => {
    const given = copies.filter((replica) => read(replica) !== undefined);
    const [first, ...others] = given;
    const other = others.find((replica) => read(replica) !== read(first as TestReplica));
    if (other === undefined) return first === undefined ? undefined : read(first);
    throw inputError({
      what: `another replica of ${name} says otherwise`,
      where: { file, path: `${other.path}.${key}` },
    });
  };
  const dataset = parseDatasetName(name);
  const lastUpdate = one('dataset.last_update', ({ facts }) => facts.lastUpdate) ?? newest(copies, test.now);
  const blocks = Map.groupBy(
    copies.flatMap(({ blocks: of, path }) => of.map((block) => ({ ...block, path }))),
    (block) => block.name,
  );
  return [
    {
      entity: 'dataset',
      record: {
        name: dataset,
        status: one('dataset.status', ({ facts }) => facts.status) ?? 'valid',
        dataType: null,
        softwareVersion: one('dataset.release', ({ facts }) => facts.release) ?? null,
        lastUpdate,
        isOpen: false,
        attributes: {},
      },
    },
    ...[...blocks].map(([block, [first, ...others]]): InventoryRecord => {
      const size = first?.size ?? 0;
      const other = others.find((each) => each.size !== size);
      if (other !== undefined) {
        throw inputError({
          what: `block ${block} of ${name} has another size elsewhere`,
          where: { file, path: other.path },
        });
      }
      const record = { dataset, name: parseBlockName(block), size, files: 2, isOpen: false, lastUpdate };
      return { entity: 'block', record };
    }),
  ];
}

function newest(copies: readonly TestReplica[], now: number): number {
  const times = copies.flatMap(({ blocks }) => blocks.map(({ lastUpdate }) => lastUpdate));
  return times.length === 0 ? now : Math.max(...times);
}

function blockReplicaRecords({ dataset, site, blocks }: TestReplica): InventoryRecord[] {
  return blocks.map(({ name, group, custodial, lastUpdate, incomplete, size }) => ({
    entity: 'blockReplica',
    record: {
      ...keyOf(dataset, site),
      block: name as BlockName,
      group: group === null ? null : parseGroupName(group),
      custodial,
      lastUpdate,
      operation: 'none',
      // Half of it is there, and nobody knows which half.
      partial: incomplete ? { size: Math.floor(size / 2), files: 1, contents: { kind: 'unknown' } } : null,
    },
  }));
}

type LockEntry = Extract<InventoryRecord, { entity: 'lock' }>;

function lockRecords({ dataset, site, blocks }: TestReplica): LockEntry[] {
  const locked = blocks.filter((block) => block.locked);
  const rest = { group: null, expires: null, owner: null, comment: null };
  return locked.map(({ name }) => ({
    entity: 'lock',
    record: { id: 0, dataset, site, block: name as BlockName, ...rest },
  }));
}

function keyOf(dataset: string, site: string): { readonly dataset: DatasetName; readonly site: SiteName } {
  return { dataset: dataset as DatasetName, site: site as SiteName };
}

/** Those that the test describes, and those that it only names. */
function testSites({ sites, replicas }: PolicyTest): readonly TestSite[] {
  const described = new Map(sites.map((site) => [site.name, site]));
  for (const { site: name } of replicas) {
    if (described.has(name)) continue;
    described.set(name, { name, storage: 'disk', status: 'ready', fill: { occupancy: 1 } });
  }
  return [...described.values()];
}
