import { type Change, type ChangeSet, changeSetOf } from '../change-set/change-set.ts';
import { joinKey, keyOf } from '../change-set/record-key.ts';
import type { RandomSource } from '../clock/random-source.ts';
import type { GroupName } from '../model/names.ts';
import { ENTITIES, type Entity, type EntityRecords, type FileId, type InventoryRecord } from '../model/records.ts';
import type { Counters } from '../seams/commit.ts';
import {
  changeOf,
  item,
  sampleBlock,
  sampleDataset,
  sampleDatasetReplica,
  sampleFile,
  sampleReplica,
  sampleSite,
} from './sample-records.ts';

/** A naive inventory: records by entity and key. The model that stores are held against. */
export type RecordModel = ReadonlyMap<string, InventoryRecord>;

/** One random step from `model`: what is there afterwards, and the change set that leads there. */
export interface RandomStep {
  readonly model: RecordModel;
  readonly changes: ChangeSet;
  readonly counters: Counters;
}

/** Steps over few names, so that things come, change, go and come again. References always hold. */
export function randomStep(model: RecordModel, counters: Counters, random: RandomSource, edits = 12): RandomStep {
  const next = new Map(model);
  let { nextFile } = counters;
  const put = <E extends Entity>(entity: E, record: EntityRecords[E]): void => {
    next.set(slotOf(entity, keyOf(entity, record)), item(entity, record));
  };
  const get = (entity: Entity, key: string): InventoryRecord['record'] | undefined =>
    next.get(slotOf(entity, key))?.record;
  const edit = (): void => {
    const site = sampleSite(`site${random.nextInt(3)}`);
    const group = random.nextInt(3) === 0 ? null : (`group${random.nextInt(2)}` as GroupName);
    const dataset = sampleDataset(`/d${random.nextInt(4)}`, randomAttributes(random));
    const block = sampleBlock(dataset.name, `b${random.nextInt(3)}`, random.nextInt(1000), random.nextInt(9));
    const lastUpdate = random.nextInt(1000);
    const choice = random.nextInt(8);
    const replicaKey = joinKey(dataset.name, block.name, site.name);
    if (choice === 0) removeWithDependents(next, 'dataset', dataset.name);
    if (choice === 1) removeWithDependents(next, 'block', keyOf('block', block));
    if (choice === 2) removeWithDependents(next, 'blockReplica', replicaKey);
    if (choice === 3) put('lock', { ...NO_LOCK, id: 1 + random.nextInt(3), comment: `${lastUpdate}` });
    if (choice === 4) put('site', { ...site, status: random.nextInt(2) === 0 ? 'ready' : 'waitroom' });
    if (choice <= 4) return;
    if (group !== null && get('group', group) === undefined) put('group', { name: group, level: 'block' });
    if (get('site', site.name) === undefined) put('site', site);
    put('dataset', { ...dataset, lastUpdate });
    put('block', block);
    const files = [...next.values()].filter(({ entity, record }) => entity === 'file' && isOfBlock(record, block));
    if (random.nextInt(2) === 0) {
      const lfn = `${block.dataset}/${block.name}/${random.nextInt(4)}`;
      const taken = files.find(({ record }) => (record as EntityRecords['file']).lfn === lfn);
      if (taken !== undefined) next.delete(slotOf('file', keyOf('file', taken.record as EntityRecords['file'])));
      put('file', sampleFile(nextFile, block, lfn, lastUpdate));
      nextFile += 1;
    }
    const ids = files.map(({ record }) => (record as EntityRecords['file']).id).filter(() => random.nextInt(2) === 0);
    put('datasetReplica', sampleDatasetReplica(dataset.name, site.name, group));
    put('blockReplica', sampleReplica(block, site.name, { group, lastUpdate, partial: randomPartial(random, ids) }));
  };
  for (let i = 0; i < edits; i += 1) edit();
  return { model: next, changes: difference(model, next), counters: { ...counters, nextFile } };
}

const NO_LOCK = { dataset: '/d*', site: null, group: null, block: null, expires: null, owner: null } as const;

function randomPartial(random: RandomSource, ids: readonly FileId[]): EntityRecords['blockReplica']['partial'] {
  const held = { size: random.nextInt(100), files: ids.length };
  const sorted = [...ids].sort((a, b) => a - b);
  switch (random.nextInt(4)) {
    case 0:
      return { ...held, contents: { kind: 'present', ids: sorted } };
    case 1:
      return { ...held, contents: { kind: 'missing', ids: sorted } };
    case 2:
      return { ...held, contents: { kind: 'unknown' } };
    default:
      return null;
  }
}

function randomAttributes(random: RandomSource): EntityRecords['dataset']['attributes'] {
  const attributes: { rank?: number; word?: string } = {};
  if (random.nextInt(2) === 0) attributes.rank = random.nextInt(100) / 8;
  if (random.nextInt(2) === 0) attributes.word = `w${random.nextInt(3)}`;
  return attributes;
}

function removeWithDependents(records: Map<string, InventoryRecord>, entity: Entity, key: string): void {
  for (const [slotOfRecord, { entity: kind, record }] of records) {
    const path = kind === 'file' ? joinKey(record.dataset, record.block, record.id) : keyOf(kind, record as never);
    const depends = DEPENDENTS[entity]?.includes(kind) && (path === key || path.startsWith(joinKey(key, '')));
    if (depends === true || slotOfRecord === slotOf(entity, key)) records.delete(slotOfRecord);
  }
}

/** Entities whose keys begin with that of the removed one. */
const DEPENDENTS: Readonly<Partial<Record<Entity, readonly Entity[]>>> = {
  dataset: ['block', 'file', 'datasetReplica', 'blockReplica'],
  block: ['file', 'blockReplica'],
};

function isOfBlock(record: InventoryRecord['record'], block: EntityRecords['block']): boolean {
  const file = record as EntityRecords['file'];
  return file.dataset === block.dataset && file.block === block.name;
}

function difference(before: RecordModel, after: RecordModel): ChangeSet {
  const changes: Change[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, young] = [before.get(key), after.get(key)];
    const entity = (old ?? young)?.entity as Entity;
    changes.push(changeOf(entity, old?.record ?? null, young?.record ?? null) as Change);
  }
  return changeSetOf(changes);
}

/** Where the model keeps a record. */
export function slotOf(entity: Entity, key: string): string {
  return `${ENTITIES.indexOf(entity)}\t${key}`;
}
